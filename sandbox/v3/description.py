"""V3 as the debugging tool sees it: every call as it is declared. Implements ApiDescription."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sandbox.core.errors import ApiUnknown
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.core.ports.calls import Api, ExampleContext, Repeat, Signable, Told
from sandbox.v3.answers import written
from sandbox.v3.authorization import SCHEME
from sandbox.v3.endpoint import ENDPOINTS
from sandbox.v3.messages import nested


class V3Description:
    def __init__(self) -> None:
        self._apis = {
            one.path: Api(
                path=one.path,
                operation=one.operation,
                title=one.title,
                places=one.places,
                fields=(),
                reads=one.reads,
                certificate=False,
                algorithm=SCHEME,
                method=one.method,
            )
            for one in ENDPOINTS
        }
        self._patterns = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), api) for path, api in self._apis.items()]

    def apis(self) -> Sequence[Api]:
        return list(self._apis.values())

    def api(self, path: str) -> Api:
        try:
            return self._apis[path]
        except KeyError:
            raise ApiUnknown(path) from None

    def examples(self, api: Api, case: ExampleContext) -> Mapping[str, str]:
        return {}

    def curl(self, merchant: Merchant, base: str, notify_url: str, now: datetime) -> str:
        return f"curl {base}/v3/certificates"

    def request(self, api: Api, fields: Mapping[str, str]) -> Signable:
        target = api.path.format_map(fields)
        body = written(nested(fields)) if api.method == "POST" else b""
        return Signable(fields=fields, method=api.method, target=target, body=body)

    def told(self, answer: Mapping[str, str]) -> Told:
        if "code" in answer:
            return Told(False, answer["code"], answer.get("message", ""))
        return Told(True, answer.get("trade_state") or answer.get("prepay_id") or "OK")

    def repeats(self, order: Order) -> bool:
        return False

    def again(self, order: Order, merchant: Merchant, out_trade_no: str, auth_code: str, now: datetime) -> Repeat:
        raise ApiUnknown("again")

    def at(self, path: str) -> Api | None:
        return next((api for pattern, api in self._patterns if pattern.fullmatch(path)), None)

    def placing(self) -> Sequence[str]:
        return [path for path, api in self._apis.items() if api.places]

    def choices(self, name: str) -> tuple[str, ...]:
        return ()
