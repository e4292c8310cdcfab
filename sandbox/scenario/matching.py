"""Whether a scenario's *when* holds for an order that is about to be placed. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Terms
from sandbox.core.ports.services import CallContext
from sandbox.scenario.shapes import ChanceShape, WhenShape


@dataclass(frozen=True, slots=True)
class MatchContext:
    """The order and the call that would place it."""

    key: OrderKey
    terms: Terms
    call_context: CallContext


def holds(when: WhenShape, subject: MatchContext) -> bool:
    """Everything but `nth`, which needs counting."""
    key, terms = subject.key, subject.terms
    texts = (
        (when.mch_id, key.mch_id),
        (when.sub_mch_id, key.sub_mch_id),
        (when.appid, terms.appid),
        (when.out_trade_no, key.out_trade_no),
        (when.attach, terms.attach),
    )
    if not all(fits(pattern, text) for pattern, text in texts):
        return False
    if not on_path(when, subject.call_context.path):
        return False
    if when.trade_type:
        wanted = when.trade_type if isinstance(when.trade_type, list) else [when.trade_type]
        if terms.trade_type not in wanted:
            return False
    if when.total_fee and not when.total_fee.hold(terms.total_fee):
        return False
    if not _headers_hold(when.header, subject.call_context.headers):
        return False
    return not when.chance or drawn(when.chance, key)


def fits(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern asks; an empty pattern asks for nothing."""
    return not pattern or fnmatchcase(text, pattern)


def on_path(when: WhenShape, path: str) -> bool:
    """Whether a call's path is one of those asked for."""
    patterns = when.path if isinstance(when.path, list) else [when.path]
    return any(fits(pattern, path) for pattern in patterns)


def _headers_hold(wanted: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    sent = {name.lower(): value for name, value in headers.items()} if wanted else {}
    return all(fnmatchcase(sent.get(name.lower(), ""), pattern) for name, pattern in wanted.items())


def drawn(chance: ChanceShape, key: OrderKey) -> bool:
    """A draw that is always the same for the same seed and order, whatever came before."""
    text = "\0".join([chance.seed, key.mch_id, key.sub_mch_id, key.out_trade_no])
    draw = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64
    return draw < chance.probability


def reason(when: WhenShape, subject: MatchContext) -> dict[str, str]:
    """What held, field by field, for the order's page: `total_fee 101`, `attach gift-*`."""
    key, terms = subject.key, subject.terms
    said = {
        "mch_id": when.mch_id and key.mch_id,
        "sub_mch_id": when.sub_mch_id and key.sub_mch_id,
        "appid": when.appid and terms.appid,
        "trade_type": terms.trade_type.value if when.trade_type else "",
        "out_trade_no": when.out_trade_no,
        "total_fee": str(terms.total_fee) if when.total_fee else "",
        "attach": when.attach,
        "path": subject.call_context.path if when.path else "",
        "header": ", ".join(f"{name}: {pattern}" for name, pattern in when.header.items()),
        "nth": when.nth,
        "chance": f"{when.chance.probability:g}" if when.chance else "",
    }
    return {name: value for name, value in said.items() if value}
