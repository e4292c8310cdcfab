"""What payers say of what they bought. Source: V2 notes, 3.11."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.core.order_keys import OrderKey

MOST_COMMENTS = 200
"""How many comments one call tells of."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A payer's comment on a paid order: one to five stars, and a text."""

    key: OrderKey
    transaction_id: str
    at: datetime
    stars: int
    text: str
