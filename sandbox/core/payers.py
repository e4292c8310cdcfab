"""The people who pay: an openid per appid."""

import re
from dataclasses import dataclass

_OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")


@dataclass(frozen=True, slots=True)
class Payer:
    """A WeChat user as one appid sees them. `balance_fen` is None where cards and wallet have no limit.

    `device` is a name for the phone that WeChat is logged in on; `wechat_version` is empty where it is new enough.
    """

    openid: str
    appid: str
    balance_fen: int | None = None
    device: str = ""
    logged_in: bool = True
    wechat_version: str = ""


def well_formed(openid: str) -> bool:
    """Whether this could be an openid: 28 characters, the first `o`."""
    return _OPENID.fullmatch(openid) is not None
