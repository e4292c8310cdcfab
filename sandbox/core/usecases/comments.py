"""The use cases of comments: leave one, read them. An instance lives for one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sandbox.core.comments import MOST_COMMENTS, Comment
from sandbox.core.errors import CommentsTooOld, NoComment
from sandbox.core.events import EventName
from sandbox.core.order_keys import OrderKey
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.payments import Payments

LONGEST_AGO = timedelta(days=90)


class Comments:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx

    def leave(self, key: OrderKey, stars: int, text: str) -> Comment:
        """What the payer of an order says of it; raises OrderNotFound, OrderUnpaid."""
        payment = Payments(self._context).require_paid(key)
        comment = Comment(key, payment.transaction_id, self._context.now(key.mch_id), stars, text)
        self._tx.comments.add(comment)
        self._context.note(key, EventName.COMMENTED, stars=stars)
        return comment

    def between(
        self, mch_id: str, begin: datetime, end: datetime, offset: int, limit: int = MOST_COMMENTS
    ) -> Sequence[tuple[int, Comment]]:
        """A merchant's comments from `begin` to `end`, oldest first, with their numbers; those after number `offset`.

        Raises CommentsTooOld, NoComment.
        """
        if begin < self._context.now(mch_id) - LONGEST_AGO:
            raise CommentsTooOld
        found = self._tx.comments.between(mch_id, begin, end, offset, limit)
        if not found:
            raise NoComment
        return found
