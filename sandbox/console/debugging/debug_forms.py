"""What is filled in on the debugging tool's page, and what becomes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from multidict import MultiMapping

from sandbox.core.merchants import Merchant
from sandbox.core.ports.calls import Api, FieldForm
from sandbox.core.text import Lang
from sandbox.words.debugging import rule

PREFIX = "f."
"""What the names of a message's fields begin with in a form, so that they cannot meet the form's own."""

ACCOUNTS = frozenset(
    {
        *("appid", "mch_id", "sub_appid", "sub_mch_id", "openid", "sub_openid"),
        *("mchid", "sp_appid", "sp_mchid", "sub_mchid", "payer.openid", "payer.sp_openid", "payer.sub_openid"),
        *("combine_appid", "combine_mchid", "combine_payer_info.openid"),
    }
)
"""The fields that tell whose call it is: they are the new merchant's once the header's switch was used."""

_OF_ONE_MERCHANT = {*(PREFIX + name for name in ACCOUNTS), "signer", "prepay_id", "nonce", "timestamp", "hand", "page"}


@dataclass(frozen=True, slots=True)
class FormValues:
    """A form as it came: from the address, or sent."""

    values: Mapping[str, str]
    merchant: Merchant

    @classmethod
    def of(cls, sent: MultiMapping[object], merchant: Merchant) -> "FormValues":
        values = {name: value.replace("\r\n", "\n") for name, value in sent.items() if isinstance(value, str)}
        if "switched" in values:
            values = {name: value for name, value in values.items() if name not in _OF_ONE_MERCHANT}
        return cls(values, merchant)

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)

    @property
    def fields(self) -> dict[str, str]:
        """The message's fields that were filled in; empty for a form that is new."""
        return {name[len(PREFIX) :]: value for name, value in self.values.items() if name.startswith(PREFIX)}

    def fields_or(self, examples: Mapping[str, str]) -> Mapping[str, str]:
        """The message's fields, or the examples if none is filled in; the accounts of a merchant just switched to."""
        if not self.fields or "switched" not in self.values:
            return self.fields or examples
        return {**{name: value for name, value in examples.items() if name in ACCOUNTS}, **self.fields}

    @property
    def shown(self) -> bool:
        """Whether the key may be seen."""
        return bool(self.get("show"))

    def merchants_kept(self) -> str:
        """What of the merchants stays in another tab's address: a query's end, as the header and the form chose."""
        kept = {name: self.get(name) for name in ("face", "mch_id", "signer") if self.get(name)}
        return "".join(f"&{urlencode({name: value})}" for name, value in kept.items())


@dataclass(frozen=True, slots=True)
class Row:
    """A field of a form; `rule` is empty where nothing is declared of it.

    `choices` are offered, no more: a wrong value is worth a try, too.
    """

    name: str
    value: str
    required: bool = False
    rule: str = ""
    choices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A form's fields: those that one meets first, and those that fold away; `open` where one of these is filled in."""

    first: Sequence[Row]
    more: Sequence[Row] = field(default_factory=tuple)

    @property
    def open(self) -> bool:
        return any(row.value for row in self.more)


def rows_of(api: Api, values: Mapping[str, str], lang: Lang) -> Rows:
    """A call's fields as its shape declares them; names that it does not know come last, for trying them out."""

    def row(form: FieldForm) -> Row:
        return Row(form.name, values.get(form.name, ""), form.required, rule(form, lang), form.choices)

    declared = {one.name for one in api.fields}
    first = [row(one) for one in api.fields if one.required or values.get(one.name)]
    strange = [Row(name, value) for name, value in values.items() if name not in declared and value]
    shown = {one.name for one in first}
    return Rows([*first, *strange], [row(one) for one in api.fields if one.name not in shown])


def plain_rows(values: Mapping[str, str], choices: Callable[[str], Sequence[str]]) -> Sequence[Row]:
    """The fields of a message that no shape declares; what requests choose a field of that name from is offered."""
    return [Row(name, value, choices=choices(name)) for name, value in values.items()]
