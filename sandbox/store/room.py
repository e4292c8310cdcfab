"""A trial write: whether a disk that was full has room again."""

from sqlalchemy import delete, insert

from sandbox.store.tables import room
from sandbox.store.transaction import Transaction

ROOM = b"\0" * 128 * 1024
"""What it asks for: more than a call needs."""


def take(transaction: Transaction) -> None:
    transaction.connection.execute(insert(room), {"taken": ROOM})


def give_back(transaction: Transaction) -> None:
    transaction.connection.execute(delete(room))
