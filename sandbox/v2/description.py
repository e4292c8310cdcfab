"""V2 as the debugging tool sees it: every call with its declared shape, and examples."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sandbox.core.errors import ApiUnknown
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.core.ports.calls import Api, ExampleContext, FieldForm, Repeat, Signable, Told
from sandbox.core.refunds import RefundStatus
from sandbox.signing.flat import SignType
from sandbox.v2 import examples
from sandbox.v2.again import fields_again, placing
from sandbox.v2.endpoint import ENDPOINTS, Endpoint
from sandbox.v2.official import SITES, site_of
from sandbox.v2.origin import sign_type
from sandbox.v2.shapes import OUT_TRADE_NO, Field, String

_FORMS = {
    OUT_TRADE_NO.pattern: "number",
    r"[0-9A-Za-z_\-]+": "appid",
    "[0-9]+": "digits",
}
_FEW = re.compile(r"\[[A-Z]+\]|[A-Za-z_]+(\|[A-Za-z_]+)*")
"""Patterns that are a list of values."""


class V2Description:
    """Implements ApiDescription."""

    def __init__(self) -> None:
        self._apis = {one.path: described(one) for one in ENDPOINTS}
        self._examples = {one.path: one.example for one in ENDPOINTS}
        self._by_route = {site.prefix + path: api for site in SITES for path, api in self._apis.items()}
        declared = [field for api in self._apis.values() for field in api.fields if field.choices]
        self._choices = {"refund_status": tuple(RefundStatus), **{field.name: field.choices for field in declared}}

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
        # Its body is written once its sign is known, which stands in it.
        headers = (("Content-Type", "text/xml"),)
        return Signable(fields=fields, method=api.method, target=api.path, headers=headers)

    def told(self, answer: Mapping[str, str]) -> Told:
        if answer.get("return_code") != "SUCCESS":
            return Told(False, "return_code FAIL", answer.get("return_msg", ""))
        if answer.get("result_code") == "FAIL":
            return Told(False, answer.get("err_code", "result_code FAIL"), answer.get("err_code_des", "").strip())
        code = answer.get("trade_state") or answer.get("prepay_id") or answer.get("result_code", "SUCCESS")
        return Told(True, code)

    def repeats(self, order: Order) -> bool:
        return True

    def again(self, order: Order, merchant: Merchant, out_trade_no: str, auth_code: str, now: datetime) -> Repeat:
        site, (path, _) = site_of(order), placing(order)
        changes = {"out_trade_no": out_trade_no, "nonce_str": secrets.token_hex(16), "auth_code": auth_code}
        return Repeat(
            api=replace(self.api(path), path=site.prefix + path),
            fields=fields_again(order, changes, now),
            key=site.key(merchant),
            algorithm=sign_type(order.origin).value,
        )

    def at(self, path: str) -> Api | None:
        return self._by_route.get(path)

    def placing(self) -> Sequence[str]:
        return [path for path, api in self._by_route.items() if api.places]

    def choices(self, name: str) -> tuple[str, ...]:
        return self._choices.get(name, ())


def described(endpoint: Endpoint) -> Api:
    """An endpoint as its shape declares it; required fields first, `sign` left out: it is computed."""
    fields = [_form(field) for name, field in endpoint.shape.fields.items() if name != "sign"]
    usual: SignType = endpoint.shape.fields["sign_type"].default or SignType.MD5
    return Api(
        path=endpoint.path,
        operation=endpoint.operation,
        title=endpoint.title,
        places=endpoint.places,
        fields=tuple(sorted(fields, key=lambda one: not one.required)),
        reads=endpoint.reads,
        certificate=endpoint.certificate,
        algorithm=usual.value,
    )


def _form(field: Field[Any]) -> FieldForm:
    form, choices = field.form, field.choices
    if isinstance(field, String) and field.pattern is not None:
        pattern = field.pattern.pattern
        form, choices = _FORMS.get(pattern, "choice"), _few(pattern)
    return FieldForm(
        name=field.name,
        required=field.required,
        form="choice" if choices else form,
        limit=None if choices else field.limit,
        choices=choices,
    )


def _few(pattern: str) -> tuple[str, ...]:
    """The values that a pattern lists; empty for any other pattern."""
    if pattern in _FORMS:
        return ()
    if _FEW.fullmatch(pattern) is None:
        raise TypeError(f"{pattern!r} has no words: name it in v2/description.py")
    return tuple(pattern.strip("[]")) if pattern.startswith("[") else tuple(pattern.split("|"))
