"""What a scenario has in store for a call: whether one concerns it, and how it has the answer arrive."""

import asyncio
import contextlib
from collections.abc import Awaitable
from functools import partial

from aiohttp import web

from sandbox.api import faults
from sandbox.api.call import Call
from sandbox.core.journal import Played
from sandbox.core.notifications import ATTEMPT_SECONDS
from sandbox.core.orders import Terms
from sandbox.core.plans import CallFault, Plan, ReasonName
from sandbox.core.ports.storage import UnitOfWork

SCENARIO_HEADER = "Wechatpay-Negative-Test"
"""The header by which the official sandbox has a case chosen: here, the name of any scenario, at every face."""


def wanted(http: web.Request) -> str:
    """The scenario that a call's header names: the official sandbox's MICROPAY_TIMEOUT is our micropay-timeout."""
    named = http.headers.get(SCENARIO_HEADER)
    return named.lower().replace("_", "-") if named else ""


def meet_scenario(call: Call) -> Awaitable[None] | None:
    """Find out whether a scenario puts a fault on the answer."""
    if call.services.scenarios.cannot_apply(call.call_context, call.request.attached):
        return None
    return _meet(call)


async def _meet(call: Call) -> None:
    # Most need a look only; a transaction that writes is for what is to be remembered: a choice, a count.
    storage, operation = call.services.storage, call.endpoint.operation
    plan = await storage.read_now(partial(_plan, call))
    if isinstance(plan, Terms):
        plan = await storage.write(partial(_chosen, call, plan))
    if plan is None:
        return
    n = await storage.write(partial(_count, call)) if plan.counts(operation) else 1
    fault = plan.fault(operation, n)
    if fault is None:
        return
    if lacking := call.services.faces.of(call.exchange).faults.lacking_call(fault):
        call.exchange.played = Played(plan.scenario, lacking=lacking)
    else:
        call.fault = fault
        call.exchange.played = Played(plan.scenario, fault.name)


def _plan(call: Call, tx: UnitOfWork) -> Plan | Terms | None:
    """What decides over this call: the scenario that its header names, the order's, or that of the order to be.

    The terms where that is still to be chosen. Over a call about no order at all: what is in force for the merchant.
    """
    scenarios, request, call_context = call.services.scenarios, call.request, call.call_context
    call.note_order(tx)
    if call_context.wanted and scenarios.wished(call_context.wanted, request.mch_id):
        return scenarios.plan(call_context.wanted, request.mch_id, ReasonName.HEADER)
    key = call.exchange.key or request.key
    found = tx.transfers.find(key) if key.out_bill_no else tx.orders.find(key)
    if found is not None:
        return found.plan
    terms = request.terms()
    if terms is None:
        return scenarios.standing(request.mch_id)
    return terms if scenarios.may_choose(tx, request.key, terms, call_context) else None


def _chosen(call: Call, terms: Terms, tx: UnitOfWork) -> Plan | None:
    return call.services.scenarios.choose_ahead(tx, call.request.key, terms, call.call_context)


def _count(call: Call, tx: UnitOfWork) -> int:
    return tx.tallies.count(call.exchange.key or call.request.key, call.endpoint.operation)


def await_notification(call: Call) -> Awaitable[None] | None:
    """Where the scenario asks for it: until the merchant has answered the notification, or has had its time to."""
    return _until_notified(call) if call.fault is not None and call.fault.until_notified else None


async def _until_notified(call: Call) -> None:
    with call.services.changes.subscribe() as changes, contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ATTEMPT_SECONDS):
            while not await call.services.storage.read_now(partial(_told, call)):
                await changes.next()


def _told(call: Call, tx: UnitOfWork) -> bool:
    return any(one.attempts for one in tx.notifications.of_order(call.exchange.key or call.request.key))


def deliver(call: Call) -> Awaitable[None] | None:
    """Send the answer the way the fault has it; as always where there is none."""
    return None if call.fault is None else _distort(call, call.fault)


async def _distort(call: Call, fault: CallFault) -> None:
    assert isinstance(call.response, web.Response)
    call.response = await faults.deliver(call.http, call.response, fault)
