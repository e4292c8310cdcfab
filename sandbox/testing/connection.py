"""HTTP to one sandbox. Used only on the loop of the background thread."""

import os
from collections.abc import Mapping
from typing import Any, TypeVar

import aiohttp
import msgspec

from sandbox.core.text import Lang
from sandbox.testing.errors import ControlApiError

T = TypeVar("T")

LANGUAGE: Lang = "zh" if os.environ.get("LANG", "").startswith("zh") else "en"
"""The terminal's, as the command line has it."""

CONNECT_SECONDS = 10.0
"""Connecting may take this long; an answer may take as long as it takes (`wait`, `advance`)."""


class Connection:
    """Calls under /_sandbox; raises ControlApiError. One session for all, closed by `close`.

    `made` are the merchants that were made here and not deleted yet.
    """

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        self.made: set[str] = set()
        headers = {"Accept-Language": LANGUAGE, **({"Authorization": f"Bearer {token}"} if token else {})}
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        )

    async def close(self) -> None:
        await self._session.close()

    async def ask(
        self,
        shape: type[T],
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, object] | None = None,
    ) -> T:
        """The answer in its shape. `body` is JSON, or YAML where it is text; members that are None are not sent."""
        return msgspec.convert(_without_nulls(msgspec.json.decode(await self._call(method, path, body, query))), shape)

    async def tell(self, method: str, path: str, body: object = None) -> None:
        """A call whose answer says nothing."""
        await self._call(method, path, body, None)

    async def file(self, path: str) -> bytes:
        """What a call answers, as it is."""
        return await self._call("GET", path, None, None)

    async def post_xml(self, path: str, body: bytes) -> bytes:
        """A call of the merchant's API."""
        async with self._session.post(self.url + path, data=body, headers={"Content-Type": "text/xml"}) as response:
            return await response.read()

    async def _call(self, method: str, path: str, body: object, query: Mapping[str, object] | None) -> bytes:
        data, headers = _encoded(body)
        parameters = {name: str(value) for name, value in (query or {}).items() if value not in (None, "")}
        url = f"{self.url}/_sandbox{path}"
        try:
            async with self._session.request(method, url, params=parameters, data=data, headers=headers) as response:
                raw = await response.read()
        except aiohttp.ClientError as error:
            raise ControlApiError(0, "unreachable", f"No sandbox answers at {self.url}: {error}") from None
        if response.status >= 400:
            raise _refusal(response.status, raw)
        return raw


def _without_nulls(said: Any) -> Any:
    """What does not apply may be absent or null: the same to us."""
    if isinstance(said, dict):
        return {name: _without_nulls(value) for name, value in said.items() if value is not None}
    return [_without_nulls(one) for one in said] if isinstance(said, list) else said


def _encoded(body: object) -> tuple[bytes | None, dict[str, str]]:
    if body is None:
        return None, {}
    if isinstance(body, str):
        return body.encode(), {"Content-Type": "application/yaml"}
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if value is not None}
    return msgspec.json.encode(body), {"Content-Type": "application/json"}


def _refusal(status: int, raw: bytes) -> ControlApiError:
    try:
        error: dict[str, Any] = msgspec.json.decode(raw, type=dict[str, dict[str, Any]])["error"]
        refused = ControlApiError(status, error["code"], error["message"], error.get("field") or "", error)
    except (msgspec.DecodeError, KeyError):
        code = "internal_error" if status >= 500 else "unreadable"
        return ControlApiError(status, code, " ".join(raw[:500].decode("utf-8", "replace").split()))
    if status == 401:
        refused.add_note("Set WXPAY_SANDBOX_ADMIN_TOKEN to the token that this sandbox was started with.")
    return refused
