"""Which order or transfer a call names by the merchant's own number, as far as that can be read without its shape."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from sandbox.core.order_keys import OrderKey

_NUMBER = re.compile(r"/(out-trade-no|out-bill-no)/([^/]+)")


def named(mch_id: str, path: str, said: Mapping[str, object]) -> OrderKey:
    """What a merchant's call names in its path, or in what its query and body say; no number where it names none."""
    found = _NUMBER.search(path)
    numbers = {found[1]: unquote(found[2])} if found else {}
    out_trade_no = numbers.get("out-trade-no") or text(said, "out_trade_no")
    if out_trade_no:
        return OrderKey(mch_id, out_trade_no, text(said, "sub_mchid"))
    return OrderKey(mch_id, "", "", numbers.get("out-bill-no") or text(said, "out_bill_no"))


def text(said: Mapping[str, object], *names: str) -> str:
    """The first of these members that is text; "" where none is."""
    return next((value for name in names if isinstance(value := said.get(name), str)), "")
