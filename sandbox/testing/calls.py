"""Everything a test asks of a sandbox, as coroutines over HTTP. `Client` gives the same to code without a loop."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from sandbox.testing.shapes import (
    Clock,
    ControlApiError,
    Entry,
    Merchant,
    Notification,
    Order,
    Paid,
    Verification,
)

T = TypeVar("T")


class _Part(msgspec.Struct, Generic[T]):
    """A part of a list."""

    items: list[T]


WAIT_SECONDS = 10.0


class AsyncClient:
    """One merchant of one sandbox. Every method speaks the control API; raises ControlApiError."""

    def __init__(self, url: str, merchant: Merchant, openid: str, token: str = "") -> None:
        self.url = url
        self.merchant = merchant
        self.openid = openid
        self.token = token

    def __repr__(self) -> str:
        return f"<wxpay-sandbox {self.url}, merchant {self.merchant.mch_id}, appid {self.merchant.appid}>"

    def environment(self) -> dict[str, str]:
        """What a merchant's backend is configured with, by the names of `settings.env`."""
        return {
            "WXPAY_BASE_URL": self.url,
            "WXPAY_MCH_ID": self.merchant.mch_id,
            "WXPAY_APPID": self.merchant.appid,
            "WXPAY_API_KEY": self.merchant.api_key,
            "WXPAY_API_V3_KEY": self.merchant.api_v3_key,
        }

    # -- the payer -----------------------------------------------------------------------------------------------------

    async def pay(self, out_trade_no: str, outcome: str = "", **more: str) -> Paid:
        """What the payer does: success unless `outcome` or a scenario says else. `more`: reason, bank_type ..."""
        body = {"outcome": outcome, **more} if outcome else more
        return await self.call("POST", f"{self._order(out_trade_no)}/pay", body, Paid)

    async def cancel(self, out_trade_no: str) -> Paid:
        """The payer cancels: -2; the order stays payable."""
        return await self.pay(out_trade_no, "cancel")

    async def fail(self, out_trade_no: str, reason: str = "other") -> Paid:
        """The payment fails: -1 with its cause; the order stays payable."""
        return await self.pay(out_trade_no, "error", reason=reason)

    # -- looking -------------------------------------------------------------------------------------------------------

    async def order(self, out_trade_no: str) -> Order:
        return await self.call("GET", self._order(out_trade_no), None, Order)

    async def orders(self) -> list[Order]:
        """The merchant's orders, newest first (the newest thousand)."""
        return await self._items("/orders", Order)

    async def timeline(self, out_trade_no: str) -> list[Entry]:
        """Everything that happened to an order, oldest first."""
        query = {"limit": "1000"}
        return (await self.call("GET", f"{self._order(out_trade_no)}/timeline", None, _Part[Entry], query)).items

    async def notifications(self, out_trade_no: str = "") -> list[Notification]:
        return await self._items("/notifications", Notification, out_trade_no=out_trade_no)

    async def journal(self, **filters: str) -> list[Entry]:
        """The calls that the merchant made, newest first. Filters: path, out_trade_no, outcome, contains, since."""
        return await self._items("/journal", Entry, **filters)

    # -- notifications and waiting -------------------------------------------------------------------------------------

    async def notify(self, out_trade_no: str, fault: str = "") -> Order:
        """Send the payment notification again, now, as it is or with one fault; answers when it was answered."""
        return await self.call("POST", f"{self._order(out_trade_no)}/notify", {"fault": fault} if fault else {}, Order)

    async def wait_paid(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:  # noqa: ASYNC109
        return await self._wait(out_trade_no, "paid", timeout)

    async def wait_notified(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:  # noqa: ASYNC109
        """Until the merchant has accepted the notification; ControlApiError 408 after `timeout` real seconds."""
        return await self._wait(out_trade_no, "notified", timeout)

    async def wait_closed(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:  # noqa: ASYNC109
        return await self._wait(out_trade_no, "closed", timeout)

    async def wait_refunded(self, out_trade_no: str, timeout: float = WAIT_SECONDS) -> Order:  # noqa: ASYNC109
        return await self._wait(out_trade_no, "refunded", timeout)

    async def verify(self, **expectation: Any) -> Verification:
        """That the merchant called as expected; an AssertionError shows the near misses where it did not."""
        body = {"mch_id": self.merchant.mch_id, **expectation}
        found = await self.call("POST", "/journal/verify", body, Verification)
        if not found.matched:
            raise AssertionError(str(found))
        return found

    async def wait_called(self, timeout: float = WAIT_SECONDS, **expectation: Any) -> Verification:  # noqa: ASYNC109
        """Until the merchant has called as expected; ControlApiError 408 after `timeout` real seconds."""
        body = {"mch_id": self.merchant.mch_id, "timeout": timeout, **expectation}
        return await self.call("POST", "/journal/wait", body, Verification)

    # -- time ----------------------------------------------------------------------------------------------------------

    async def clock(self) -> Clock:
        return await self.call("GET", "/clock", None, Clock, {"mch_id": self.merchant.mch_id})

    async def advance(self, seconds: float) -> Clock:
        """Move this merchant's clock on; what falls due on the way has run when it answers."""
        return await self.call("POST", "/clock", {"advance": seconds, "mch_id": self.merchant.mch_id}, Clock)

    async def scale(self, speed: float) -> Clock:
        """Sandbox seconds per real second, for this merchant."""
        return await self.call("POST", "/clock", {"scale": speed, "mch_id": self.merchant.mch_id}, Clock)

    # -- scenarios -----------------------------------------------------------------------------------------------------

    async def scenario(self, name: str, definition: Mapping[str, Any] | str) -> None:
        """Give this merchant a scenario of its own, as a mapping or as YAML."""
        query = {"mch_id": self.merchant.mch_id}
        await self.call("PUT", f"/scenarios/{name}", definition, dict[str, Any], query)

    async def apply(self, name: str, out_trade_no: str = "", *, next: bool = False) -> None:
        """Put a scenario in force for an order, for the merchant's next order, or for all of them."""
        await self.call("POST", f"/scenarios/{name}/apply", self._target(out_trade_no, next), dict[str, Any])

    async def end(self, name: str, out_trade_no: str = "", *, next: bool = False) -> None:
        """Take back what `apply` with the same arguments did."""
        await self.call("DELETE", f"/scenarios/{name}/apply", self._target(out_trade_no, next), dict[str, Any])

    async def reset(self) -> None:
        """Forget this merchant's orders, notifications and calls."""
        await self.call("POST", "/reset", {"mch_id": self.merchant.mch_id}, None)

    # -- the client in the payer's hand --------------------------------------------------------------------------------

    async def invoke_app(self, request: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """What the WeChat app does with an APP's payment request; `more`: outcome, reason, device."""
        return await self.call("POST", "/client/app", {**request, **more}, dict[str, Any])

    async def invoke_jsapi(self, request: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """The same for a page or a mini program."""
        return await self.call("POST", "/client/jsapi", {**request, **more}, dict[str, Any])

    # -- merchants -----------------------------------------------------------------------------------------------------

    async def new_merchant(self, **fields: Any) -> "AsyncClient":
        """Another merchant on the same sandbox; `fields` are those of POST /_sandbox/merchants."""
        return await opened(self.url, self.token, **fields)

    async def delete_merchant(self) -> None:
        """Drop this client's merchant with all that belongs to it."""
        await self.call("DELETE", f"/merchants/{self.merchant.mch_id}", None, None)

    # -- parts ---------------------------------------------------------------------------------------------------------

    async def call(
        self, method: str, path: str, body: object, shape: type[T] | None, query: Mapping[str, str] | None = None
    ) -> T:
        """Any call under /_sandbox; `body` is JSON, or YAML where it is text."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = body.encode() if isinstance(body, str) else None if body is None else msgspec.json.encode(body)
        if data is not None:
            headers["Content-Type"] = "application/yaml" if isinstance(body, str) else "application/json"
        # A session a call: nothing is left open when a test's loop ends before the client does.
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{self.url}/_sandbox{path}", params=query, data=data, headers=headers) as response,
        ):
            raw = await response.read()
        if response.status >= 400:
            raise _refusal(response.status, raw)
        return msgspec.json.decode(raw, type=shape) if shape is not None else None  # type: ignore[return-value]

    async def _wait(self, out_trade_no: str, event: str, seconds: float) -> Order:
        query = {"mch_id": self.merchant.mch_id, "out_trade_no": out_trade_no, "for": event, "timeout": f"{seconds:g}"}
        return await self.call("GET", "/wait", None, Order, query)

    async def _items(self, path: str, shape: type[T], **query: str) -> list[T]:
        asked = {"mch_id": self.merchant.mch_id, "limit": "1000", **{k: v for k, v in query.items() if v}}
        return (await self.call("GET", path, None, _Part[shape], asked)).items  # type: ignore[valid-type]

    def _order(self, out_trade_no: str) -> str:
        return f"/orders/{self.merchant.mch_id}/{quote(out_trade_no, safe='')}"

    def _target(self, out_trade_no: str, next: bool) -> dict[str, Any]:
        named = {"out_trade_no": out_trade_no} if out_trade_no else {}
        return {"mch_id": self.merchant.mch_id, **named, **({"next": True} if next else {})}


def _refusal(status: int, raw: bytes) -> ControlApiError:
    try:
        error = msgspec.json.decode(raw)["error"]
        return ControlApiError(status, str(error["code"]), str(error["message"]), str(error.get("field", "")))
    except (msgspec.DecodeError, KeyError, TypeError):
        return ControlApiError(status, "unreadable", raw[:500].decode("utf-8", "replace"))


async def opened(url: str, token: str, **fields: Any) -> AsyncClient:
    """A client for a merchant made for it on the sandbox at `url`."""
    nobody = Merchant(mch_id="", appids=[""], api_key="", api_v3_key="")
    office = AsyncClient(url, nobody, "", token)
    merchant = await office.call("POST", "/merchants", {"certificate": False, **fields}, Merchant)
    payers = await office.call("GET", "/payers", None, _Part[_Payer], {"limit": "1000"})
    openid = next((payer.openid for payer in payers.items if payer.appid == merchant.appid), "")
    return AsyncClient(url, merchant, openid, token)


class _Payer(msgspec.Struct):
    openid: str
    appid: str
