"""V3 as the debugging tool sees it: every call as it is declared, and examples. Implements ApiDescription."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.core.errors import ApiUnknown
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.core.ports.calls import Api, ExampleContext, Repeat, Signable, Told
from sandbox.signing.rsa_doctor import SCHEME
from sandbox.v3 import examples
from sandbox.v3.again import fields_again, path_again
from sandbox.v3.answers import written
from sandbox.v3.endpoint import ENDPOINTS, Endpoint
from sandbox.v3.forms import Declared, declared, form, typed
from sandbox.v3.members import Location, Member
from sandbox.v3.messages import nested

_ELEMENT = re.compile(r"\[\d+\]")
_IN_PATH = re.compile(r"\{(\w+)\}")


class V3Description:
    def __init__(self) -> None:
        self._declared = {one.path: declared(one.shape) for one in ENDPOINTS}
        self._apis = {one.path: described(one, self._declared[one.path]) for one in ENDPOINTS}
        self._examples = {one.path: one.example for one in ENDPOINTS}
        self._patterns = [(re.compile(_IN_PATH.sub("[^/]+", path)), api) for path, api in self._apis.items()]
        fields = [field for api in self._apis.values() for field in api.fields if field.choices]
        self._choices = {field.name: field.choices for field in fields}

    def apis(self) -> Sequence[Api]:
        return list(self._apis.values())

    def api(self, path: str) -> Api:
        try:
            return self._apis[path]
        except KeyError:
            raise ApiUnknown(path) from None

    def examples(self, api: Api, case: ExampleContext) -> Mapping[str, str]:
        return examples.of_call(api, case, self._examples[api.path])

    def curl(self, merchant: Merchant, base: str, notify_url: str, now: datetime) -> str:
        return examples.curl(merchant, base, notify_url, now)

    def request(self, api: Api, fields: Mapping[str, str]) -> Signable:
        """Members that are empty are left out, save those of the path; what nobody declared goes into body or query.

        The headers come with the signature (`V3Signatures.prepared`).
        """
        known = self._declared[api.path]
        in_path = set(_IN_PATH.findall(api.path))
        rest = {name: value for name, value in fields.items() if value and name not in in_path}
        posted = api.method == "POST"
        query = {
            name: value
            for name, value in rest.items()
            if (known[name][0] is Location.QUERY if name in known else not posted)
        }
        said = {name: typed(value, _member(known, name)) for name, value in rest.items()}
        body = {name: value for name, value in said.items() if name not in query}
        path = api.path.format_map({name: quote(fields.get(name, ""), safe="") for name in in_path})
        return Signable(
            fields=fields,
            method=api.method,
            target=f"{path}?{urlencode(query)}" if query else path,
            body=written(nested(body)) if posted else b"",
        )

    def told(self, answer: Mapping[str, str]) -> Told:
        if "code" in answer:
            return Told(False, answer["code"], answer.get("message", ""))
        return Told(True, answer.get("trade_state") or answer.get("status") or answer.get("prepay_id") or "OK")

    def repeats(self, order: Order) -> bool:
        """Combined orders are placed by other calls, with all of their sub-orders at once."""
        return order.combine is None

    def again(self, order: Order, merchant: Merchant, out_trade_no: str, auth_code: str, now: datetime) -> Repeat:
        fields = fields_again(order, out_trade_no, auth_code, now)
        return Repeat(api=self.api(path_again(order)), fields=fields, key="", algorithm=SCHEME)

    def at(self, path: str) -> Api | None:
        return next((api for pattern, api in self._patterns if pattern.fullmatch(path)), None)

    def placing(self) -> Sequence[str]:
        return [path for path, api in self._apis.items() if api.places]

    def choices(self, name: str) -> tuple[str, ...]:
        return self._choices.get(name, ())


def _member(known: Declared, way: str) -> Member[Any] | None:
    """What is declared of a way; of a list the first element stands for all."""
    found = known.get(_ELEMENT.sub("[0]", way))
    return found[1] if found else None


def described(endpoint: Endpoint, members: Declared) -> Api:
    """An endpoint as its shape declares it; what must be sent comes first."""
    fields = [form(way, member, needed=needed) for way, (_, member, needed) in members.items()]
    return Api(
        path=endpoint.path,
        operation=endpoint.operation,
        title=endpoint.title,
        places=endpoint.places,
        fields=tuple(sorted(fields, key=lambda one: not one.required)),
        reads=endpoint.reads,
        certificate=False,
        algorithm=SCHEME,
        method=endpoint.method,
    )
