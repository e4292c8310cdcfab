"""A call to WeChat's API on its way: what came, what is known of it so far, and the exchange that the journal keeps."""

import time
from collections.abc import Mapping
from typing import ClassVar, Protocol

from aiohttp import web

from sandbox.api import faults
from sandbox.api.endpoint import Endpoint
from sandbox.api.services import Services
from sandbox.core.errors import StorageFailed
from sandbox.core.journal import KEPT_BYTES, Exchange, ExchangeKind, Message
from sandbox.core.merchants import Merchant
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Terms
from sandbox.core.origin import Origin
from sandbox.core.outgoing import REQUEST_ID
from sandbox.core.plans import CallFault
from sandbox.core.ports.services import CallContext
from sandbox.core.ports.storage import UnitOfWork


class Refused(Exception):
    """A call ends before its use case. `fault` (of `words.faults`) and `facts` are what the developer is told.

    What the merchant is told the face adds.
    """

    def __init__(self, fault: str, **facts: str | int) -> None:
        super().__init__(fault)
        self.fault, self.facts = fault, facts


class Request(Protocol):
    """What a face has read of a call, as far as scenarios ask."""

    @property
    def mch_id(self) -> str: ...
    @property
    def attached(self) -> str:
        """What the merchant attaches to an order, by which it may name a scenario; "" where nothing is."""

    @property
    def key(self) -> OrderKey:
        """The order that the call names by its out_trade_no."""

    def named_order(self, tx: UnitOfWork) -> OrderKey:
        """The order that the call is about, by whichever number it names it; `key` where nothing is found."""

    def terms(self) -> Terms | None:
        """The terms of the order that the call would place; None where it places none."""


class Call:
    """A face adds what is its own: its headers, how it spoils a body, what its steps find out.

    What is only declared here is not there before the step that finds it out.
    """

    headers: ClassVar[Mapping[str, str]] = {"Server": "nginx"}
    """What every answer has, besides its Request-ID."""

    foreign_type: ClassVar[str] = "text/html"

    endpoint: Endpoint
    body: bytes
    request: Request
    merchant: Merchant
    call_context: CallContext
    """What scenarios go by (the path, the headers, and whom one of them names), and the origin of what is placed."""
    tx: UnitOfWork
    """The call's transaction, for the steps inside it."""
    response: web.StreamResponse

    def __init__(self, http: web.Request, services: Services, origin: Origin) -> None:
        self.http, self.services = http, services
        self.packing_broken = False
        self.fault: CallFault | None = None
        self.refused: Refused | StorageFailed | None = None
        self._began = self._step_began = time.perf_counter_ns()
        at = services.clock.now()
        raw_path, _, query = http.raw_path.partition("?")
        self.exchange = Exchange(
            at=at,
            kind=ExchangeKind.API,
            origin=origin,
            method=http.method,
            path=http.path,
            query=query,
            raw_path="" if raw_path == http.path else raw_path,
            request=Message(_headers(http)),
            request_id=services.ids.request_id(at),
            client=http.remote or "",
        )

    def note_step(self, name: str) -> None:
        """Note that a step has ended."""
        now = time.perf_counter_ns()
        self.exchange.steps.append((name, _milliseconds(now - self._step_began)))
        self._step_began = now

    def belongs_to(self, key: OrderKey) -> Merchant | None:
        """Note whose call it is, for the journal: even a refused call belongs on its order's or transfer's timeline.

        The key may be of a merchant alone.
        """
        merchant = self.services.storage.accounts.merchants.get(key.mch_id)
        if merchant is None:
            return None
        self.exchange.mch_id = key.mch_id
        self.exchange.at = self.services.clock.now(key.mch_id)
        if key.number:
            self.exchange.key = OrderKey(key.mch_id, key.out_trade_no[:64], key.sub_mch_id[:32], key.out_bill_no[:64])
        return merchant

    def note_order(self, tx: UnitOfWork) -> None:
        """Note which order or transfer the call is about, for its timeline."""
        key = self.request.named_order(tx)
        if key.number:
            self.exchange.key = key

    def answer(self, body: bytes, more: Mapping[str, str] | None = None, status: int = 200) -> None:
        """The step `write`: the answer, and what the journal keeps of it; `more` stand beside the usual headers."""
        headers = {**self.usual_headers(), **(more or {})}
        if self.fault is not None:
            status, headers, body = faults.distorted((status, headers, body), self.fault, self)
        if self.fault is None or self.fault.fault not in faults.SILENT:
            self.exchange.status = status
            self.exchange.reply = Message(tuple(headers.items()), body[:KEPT_BYTES])
        self.response = web.Response(status=status, body=body, headers=headers)
        self.note_step("write")

    def usual_headers(self) -> dict[str, str]:
        """What every answer has, this one's Request-ID among it."""
        return {**self.headers, REQUEST_ID: self.exchange.request_id}

    def broken(self, body: bytes) -> bytes:
        """A body that its reader cannot read to the end."""
        return body[: len(body) // 2]

    def complete(self) -> Exchange:
        """The exchange as the journal takes it: answered, or as good as."""
        self.exchange.duration_ms = _milliseconds(time.perf_counter_ns() - self._began)
        return self.exchange


def _milliseconds(nanoseconds: int) -> float:
    """With three decimals; what `round` does takes five times as long."""
    return nanoseconds // 1000 / 1000


def _headers(http: web.Request) -> tuple[tuple[str, str], ...]:
    return tuple([(name.decode("latin-1"), value.decode("latin-1")) for name, value in http.raw_headers])
