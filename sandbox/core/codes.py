"""A payment code (付款码): what a payer's phone shows, and a merchant scans. Immutable values.

Source: V2 notes, 3.8, 3.10, 4.4.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIFE = timedelta(minutes=1)
REMEMBERED = timedelta(days=1)
"""How long a dead code is told apart from one that never was."""

_FORM = re.compile(r"1[0-5][0-9]{16}")


@dataclass(frozen=True, slots=True)
class AuthCode:
    """A payer's code. `bound_to` is the merchant that alone may still charge it, `used_by` the one that has."""

    auth_code: str
    openid: str
    created_at: datetime
    expires_at: datetime
    bound_to: str = ""
    used_by: str = ""


def well_formed(auth_code: str) -> bool:
    """Whether this could be a payment code: 18 digits, the first two 10 to 15."""
    return _FORM.fullmatch(auth_code) is not None
