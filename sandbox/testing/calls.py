"""Everything a test asks of a sandbox, as coroutines over HTTP. `clients.py` gives them to tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, Unpack
from urllib.parse import quote

import msgspec

from sandbox.testing.connection import Connection
from sandbox.testing.errors import ControlApiError, NotInTime
from sandbox.testing.files import exported
from sandbox.testing.options import Device, Expectations, JournalFilter, MerchantFields
from sandbox.testing.shapes import (
    AnyTradeType,
    AuthCode,
    Balances,
    Clock,
    Entry,
    Invoked,
    LedgerLine,
    Merchant,
    Notification,
    Order,
    Outcome,
    Paid,
    Reason,
    Refund,
    RefundOutcome,
    Scenario,
    TradeType,
    Verification,
)

T = TypeVar("T")

WAIT_SECONDS = 10.0
LARGEST_PART = 1000


class _Part(msgspec.Struct, Generic[T]):
    """A part of a list; `next` is the cursor of the part after it."""

    items: list[T]
    next: str | None = None


class Calls:
    """One merchant of one sandbox, and what can be asked for it. Raises ControlApiError."""

    def __init__(self, connection: Connection, merchant: Merchant) -> None:
        self._connection = connection
        self._mch_id = merchant.mch_id
        self.merchant = merchant
        self.url = connection.url
        self._others: list[Calls] = []

    # -- the payer -----------------------------------------------------------------------------------------------------

    async def pay(
        self,
        out_trade_no: str,
        outcome: Outcome | None = None,
        *,
        reason: Reason | None = None,
        bank_type: str | None = None,
        openid: str | None = None,
        scenario: str | None = None,
    ) -> Paid:
        """What the payer does: success, unless `outcome`, `scenario` or the order's own scenario says else.

        Raises ControlApiError (409) for an order that is paid, closed or expired.
        """
        body = {
            "outcome": outcome,
            "reason": reason,
            "bank_type": bank_type,
            "openid": openid,
            "scenario": scenario,
        }
        return await self._connection.ask(Paid, "POST", f"{self._order(out_trade_no)}/pay", body)

    async def cancel(self, out_trade_no: str) -> Paid:
        """The payer cancels: -2; the order stays payable."""
        return await self.pay(out_trade_no, "cancel")

    async def fail(self, out_trade_no: str, reason: Reason = "other") -> Paid:
        """The payment fails: -1 with its cause; the order stays payable."""
        return await self.pay(out_trade_no, "error", reason=reason)

    async def auth_code(self, openid: str | None = None) -> str:
        """A new payment code of a payer, this merchant's own unless told otherwise: what micropay charges."""
        code = await self._connection.ask(AuthCode, "POST", f"/payers/{openid or self.merchant.openid}/auth-code")
        return code.auth_code

    async def password(self, out_trade_no: str, outcome: Literal["success", "cancel"] = "success") -> Order:
        """The payer types the password that a payment by code (USERPAYING) waits for, or cancels."""
        return await self._connection.ask(Order, "POST", f"{self._order(out_trade_no)}/password", {"outcome": outcome})

    async def invoke_app(
        self,
        request: Mapping[str, str | int],
        *,
        outcome: Outcome | None = None,
        reason: Reason | None = None,
        device: Device | None = None,
    ) -> Invoked:
        """What the WeChat app does with an APP's payment request (appid, partnerid, prepayid ..., sign).

        It checks the second signature and the app; with `outcome` the payer acts in the same call.
        """
        body = {**request, "outcome": outcome, "reason": reason, "device": device}
        return await self._connection.ask(Invoked, "POST", "/client/app", body)

    async def invoke_jsapi(
        self,
        request: Mapping[str, str | int],
        *,
        outcome: Outcome | None = None,
        reason: Reason | None = None,
        device: Device | None = None,
    ) -> Invoked:
        """The same for a page or a mini program (appId, timeStamp ..., paySign): the answer has `err_msg`."""
        body = {**request, "outcome": outcome, "reason": reason, "device": device}
        return await self._connection.ask(Invoked, "POST", "/client/jsapi", body)

    # -- refunds -------------------------------------------------------------------------------------------------------

    async def refund(self, out_refund_no: str, outcome: RefundOutcome = "success") -> Refund:
        """What becomes of a refund that is being processed, or was 退款异常 (CHANGE); the merchant is told so.

        Raises ControlApiError: 404 where the merchant asked for no such refund, 409 for one that has ended.
        """
        return await self._connection.ask(Refund, "POST", self._refund(out_refund_no), {"outcome": outcome})

    async def refunds(self, *, refund_status: str = "") -> list[Refund]:
        """The merchant's refunds, newest first; those of one order stand in `order(...).refunds`, oldest first."""
        return await self._items(Refund, "/refunds", {"refund_status": refund_status})

    async def balance(self) -> int:
        """What lies in the merchant's account, in fen: refunds are paid from it."""
        path = f"/merchants/{self._mch_id}/ledger"
        return (await self._connection.ask(Balances, "GET", path, None, {"limit": 1})).balances["Basic"]

    async def set_balance(self, fen: int) -> None:
        """Top up or withdraw, so that so much lies in the merchant's account."""
        await self._connection.tell("PATCH", f"/merchants/{self._mch_id}", {"balance_fen": fen})

    async def ledger(self) -> list[LedgerLine]:
        """Each move of the merchant's money, newest first."""
        return await self._items(LedgerLine, f"/merchants/{self._mch_id}/ledger", {"mch_id": None})

    # -- looking -------------------------------------------------------------------------------------------------------

    async def order(self, out_trade_no: str) -> Order:
        """One order, with its refunds and notifications."""
        return await self._connection.ask(Order, "GET", self._order(out_trade_no))

    async def orders(self, *, trade_state: str = "", trade_type: AnyTradeType | None = None) -> list[Order]:
        """The merchant's orders, newest first."""
        return await self._items(Order, "/orders", {"trade_state": trade_state, "trade_type": trade_type})

    async def timeline(self, out_trade_no: str) -> list[Entry]:
        """Everything that happened to an order, oldest first."""
        return await self._items(Entry, f"{self._order(out_trade_no)}/timeline", {"mch_id": None})

    async def notifications(self, out_trade_no: str = "", *, state: str = "") -> list[Notification]:
        """The merchant's notifications, newest first."""
        return await self._items(Notification, "/notifications", {"out_trade_no": out_trade_no, "state": state})

    async def journal(self, **chosen: Unpack[JournalFilter]) -> list[Entry]:
        """The API calls that the merchant made, newest first."""
        return await self._items(Entry, "/journal", _query(chosen))

    async def everyones_journal(self, **chosen: Unpack[JournalFilter]) -> list[Entry]:
        """The API calls of all merchants, and of nobody known."""
        return await self._items(Entry, "/journal", {**_query(chosen), "mch_id": ""})

    async def verify(self, **expectation: Unpack[Expectations]) -> Verification:
        """That the merchant called as expected, at least once unless there is a `count`.

        Raises AssertionError with the calls that came near.
        """
        body = self._expected(expectation)
        found = await self._connection.ask(Verification, "POST", "/journal/verify", body)
        if not found.matched:
            raise AssertionError(str(found))
        return found

    # -- notifications and waiting -------------------------------------------------------------------------------------

    async def notify(self, out_trade_no: str, fault: str | None = None) -> Order:
        """Send the payment notification again, now, as it is or with one fault; returns when it was answered."""
        return await self._connection.ask(Order, "POST", f"{self._order(out_trade_no)}/notify", {"fault": fault})

    async def wait_paid(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:  # noqa: ASYNC109
        """Until it is paid; NotInTime after `timeout` real seconds. The order need not exist yet."""
        return await self._wait(out_trade_no, "paid", timeout)

    async def wait_notified(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:  # noqa: ASYNC109
        """Until the merchant has accepted the payment's notification; NotInTime after `timeout` real seconds."""
        return await self._wait(out_trade_no, "notified", timeout)

    async def wait_closed(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:  # noqa: ASYNC109
        """Until it is closed; NotInTime after `timeout` real seconds."""
        return await self._wait(out_trade_no, "closed", timeout)

    async def wait_refunded(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:  # noqa: ASYNC109
        """Until the merchant has asked for a refund of it; NotInTime after `timeout` real seconds."""
        return await self._wait(out_trade_no, "refunded", timeout)

    async def wait_called(
        self,
        timeout: float = WAIT_SECONDS,  # noqa: ASYNC109
        **expectation: Unpack[Expectations],
    ) -> Verification:
        """Until the merchant has called as expected; NotInTime after `timeout` real seconds, with the near misses."""
        body = {"timeout": timeout, **self._expected(expectation)}
        try:
            return await self._connection.ask(Verification, "POST", "/journal/wait", body)
        except ControlApiError as error:
            if error.status != 408:
                raise
            told = {**error.details, "matched": False, "explanation": error.message}
        raise NotInTime(408, "timeout", str(msgspec.convert(told, Verification)))

    # -- time ----------------------------------------------------------------------------------------------------------

    async def clock(self) -> Clock:
        """This merchant's clock."""
        return await self._connection.ask(Clock, "GET", "/clock", None, {"mch_id": self._mch_id})

    async def sandbox_clock(self) -> Clock:
        """The sandbox's own clock, which the merchants' follow."""
        return await self._connection.ask(Clock, "GET", "/clock")

    async def advance(self, seconds: float) -> Clock:
        """Move this merchant's clock on; what falls due on the way has run when it answers."""
        return await self._set_clock({"advance": seconds})

    async def scale(self, speed: float) -> Clock:
        """Sandbox seconds per real second, for this merchant."""
        return await self._set_clock({"scale": speed})

    async def reset_clock(self) -> Clock:
        """Back to the sandbox's own time and speed."""
        return await self._set_clock({"reset": True})

    # -- scenarios -----------------------------------------------------------------------------------------------------

    async def scenarios(self) -> list[Scenario]:
        """The scenarios at hand, this merchant's own among them."""
        return await self._items(Scenario, "/scenarios", {"limit": None})

    async def scenario(self, name: str, definition: Mapping[str, Any] | str) -> Scenario:
        """Give this merchant a scenario of its own, as a mapping or as YAML. It is in force once it is applied."""
        body = definition if isinstance(definition, str) else dict(definition)
        return await self._connection.ask(Scenario, "PUT", _scenario(name), body, {"mch_id": self._mch_id})

    async def apply(self, name: str, out_trade_no: str = "", *, next: bool = False) -> Scenario:
        """Put a scenario in force for an order, for the merchant's next order, or for all its orders."""
        return await self._connection.ask(
            Scenario, "POST", f"{_scenario(name)}/apply", self._target(out_trade_no, next)
        )

    async def end(self, name: str, out_trade_no: str = "", *, next: bool = False) -> Scenario:
        """Take back what `apply` with the same arguments did."""
        target = self._target(out_trade_no, next)
        return await self._connection.ask(Scenario, "DELETE", f"{_scenario(name)}/apply", target)

    # -- the merchant --------------------------------------------------------------------------------------------------

    async def place(
        self,
        /,
        out_trade_no: str,
        *,
        notify_url: str,
        total_fee: int = 100,
        trade_type: TradeType = "NATIVE",
        **fields: str,
    ) -> Order:
        """Place an order as a backend would, signed: for tests of what comes after it.

        `fields` are further ones of unifiedorder. Raises ControlApiError with the err_code of a refusal.
        """
        from sandbox.testing.placing import unifiedorder  # noqa: PLC0415 - most tests' orders come from their backend

        terms = {
            "out_trade_no": out_trade_no,
            "notify_url": notify_url,
            "total_fee": str(total_fee),
            "trade_type": trade_type,
            **fields,
        }
        await unifiedorder(self._connection, self.merchant, terms)
        return await self.order(out_trade_no)

    async def place_refund(
        self,
        /,
        out_trade_no: str,
        out_refund_no: str,
        *,
        notify_url: str,
        refund_fee: int | None = None,
        **fields: str,
    ) -> Refund:
        """Ask for a refund as a backend would, signed: for tests of what comes after it. All, unless `refund_fee`.

        `fields` are further ones of refund. Raises ControlApiError with the err_code of a refusal.
        """
        from sandbox.testing.placing import refund  # noqa: PLC0415 - most tests' refunds come from their backend

        total_fee = (await self.order(out_trade_no)).total_fee
        terms = {
            "out_trade_no": out_trade_no,
            "out_refund_no": out_refund_no,
            "notify_url": notify_url,
            "total_fee": str(total_fee),
            "refund_fee": str(total_fee if refund_fee is None else refund_fee),
            **fields,
        }
        await refund(self._connection, self.merchant, terms)
        return await self._connection.ask(Refund, "GET", self._refund(out_refund_no))

    async def reset(self) -> None:
        """Forget this merchant's orders, notifications and calls; its clock and scenarios stay."""
        await self._connection.tell("POST", "/reset", {"mch_id": self._mch_id})

    async def credentials(self) -> Merchant:
        """The merchant with its certificates and keys as PEM texts, made now if they are not there yet."""
        return await self._connection.ask(Merchant, "GET", f"/merchants/{self._mch_id}")

    async def export(self, folder: Path | str) -> Path:
        """Write keys, certificates and settings.env, as `merchant export` does; gives the folder. Raises OSError."""
        return await exported(self._connection, self._mch_id, Path(folder))

    async def new_merchant(self, **fields: Unpack[MerchantFields]) -> "Calls":
        """Another merchant on the same sandbox. It is deleted with this one, or before."""
        other = await open_merchant(self._connection, fields)
        self._others.append(other)
        return other

    async def delete_merchant(self) -> None:
        """Drop this merchant and those made through it, with all that is theirs. What is gone already is well."""
        while self._others:
            await self._others.pop().delete_merchant()
        await delete_merchant(self._connection, self._mch_id)

    # -- parts ---------------------------------------------------------------------------------------------------------

    async def _wait(self, out_trade_no: str, event: str, seconds: float) -> Order:
        query = {"mch_id": self._mch_id, "out_trade_no": out_trade_no, "for": event, "timeout": f"{seconds:g}"}
        try:
            return await self._connection.ask(Order, "GET", "/wait", None, query)
        except ControlApiError as error:
            if error.status != 408:
                raise
        message = f"{out_trade_no} was not {event} within {seconds:g} s. {await self._as_it_is(out_trade_no)}"
        raise NotInTime(408, "timeout", message)

    async def _as_it_is(self, out_trade_no: str) -> str:
        """How far an order has got, for whoever waited in vain."""
        try:
            return repr(await self.order(out_trade_no))
        except ControlApiError as error:
            if error.status != 404:
                raise
        refused = [one for one in await self.journal(outcome="failed") if one.out_trade_no in ("", out_trade_no)]
        return f"No such order was placed; refused calls: {refused[:5]}"

    def _expected(self, expectation: Expectations) -> dict[str, object]:
        """An expectation of this merchant's calls only."""
        mine = {"mch_id": self._mch_id}
        if "in_order" in expectation:
            return {**expectation, "in_order": [{**mine, **one} for one in expectation["in_order"]]}
        return {**mine, **expectation}

    async def _set_clock(self, change: dict[str, object]) -> Clock:
        return await self._connection.ask(Clock, "POST", "/clock", {**change, "mch_id": self._mch_id})

    async def _items(self, shape: type[T], path: str, query: Mapping[str, object]) -> list[T]:
        """A list to its end, part by part; or its first `limit`."""
        asked = {"mch_id": self._mch_id, "limit": LARGEST_PART, **query}
        part = await self._connection.ask(_Part[shape], "GET", path, None, asked)  # type: ignore[valid-type]
        items = part.items
        while part.next is not None and "limit" not in query:
            part = await self._connection.ask(_Part[shape], "GET", path, None, {**asked, "cursor": part.next})  # type: ignore[valid-type]
            items += part.items
        return items

    def _order(self, out_trade_no: str) -> str:
        return f"/orders/{self._mch_id}/{quote(out_trade_no, safe='')}"

    def _refund(self, out_refund_no: str) -> str:
        return f"/refunds/{self._mch_id}/{quote(out_refund_no, safe='')}"

    def _target(self, out_trade_no: str, next: bool) -> dict[str, object]:
        return {"mch_id": self._mch_id, "out_trade_no": out_trade_no or None, "next": next or None}


async def open_merchant(connection: Connection, fields: MerchantFields) -> Calls:
    """A merchant made for a test. Its certificates are left to the first need: keys take time."""
    merchant = await connection.ask(Merchant, "POST", "/merchants", {"certificate": False, **fields})
    connection.made.add(merchant.mch_id)
    return Calls(connection, merchant)


async def delete_merchant(connection: Connection, mch_id: str) -> None:
    """Drop a merchant that was made for a test; one that is gone already is well."""
    connection.made.discard(mch_id)
    try:
        await connection.tell("DELETE", f"/merchants/{mch_id}")
    except ControlApiError as error:
        if error.code != "merchant_unknown":
            raise


def _query(chosen: JournalFilter) -> dict[str, object]:
    since = chosen.get("since")
    return {**chosen, "since": since.isoformat() if since else None}


def _scenario(name: str) -> str:
    return f"/scenarios/{quote(name, safe='')}"
