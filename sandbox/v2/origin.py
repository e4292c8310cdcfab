"""What V2 must know later of a call or an order: the site of the call, and the algorithm that signs."""

from functools import cache
from types import MappingProxyType

from sandbox.core.origin import Origin
from sandbox.signing.flat import SignType

NAME = "v2"
_OFFICIAL = "official"
_SIGN_TYPE = "sign_type"


@cache
def called_at(*, official: bool) -> Origin:
    """Of a call, in the official sandbox or elsewhere: its message says how it is signed."""
    return Origin(NAME, MappingProxyType({_OFFICIAL: "true"} if official else {}))


@cache
def placed_by(sign_type: SignType, *, official: bool = False) -> Origin:
    """Of an order or a refund that a call of this algorithm asked for."""
    return Origin(NAME, MappingProxyType({_SIGN_TYPE: sign_type.value, **called_at(official=official).facts}))


def sign_type(origin: Origin) -> SignType:
    """What signs all that is said of it; MD5 where another face knows of no algorithm of ours."""
    return SignType(origin.facts.get(_SIGN_TYPE, SignType.MD5))


def is_official(origin: Origin) -> bool:
    """Whether it was made in the official sandbox, whose key signs what is said about it."""
    return _OFFICIAL in origin.facts
