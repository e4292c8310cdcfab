"""Who calls often is not looked up for each call: what a merchant's messages are signed with, kept for a second."""

from sandbox.core.clock import Clock
from sandbox.core.credentials import Credentials
from sandbox.core.merchants import Merchant
from sandbox.core.ports.face import Face
from sandbox.core.ports.storage import ChangeSet, Storage

MOST = 1024
"""So many merchants' credentials are kept; where there are more, all are read again."""


class KnownCredentials:
    """As they stand in the store: whatever changes of them is told before whoever changed it hears of it.

    Times are judged as of when they were read, at most a second ago. To ask for them at each call cost four times as
    much as its signatures.
    """

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage, self._clock = storage, clock
        self._kept: dict[tuple[str, str], Credentials] = {}

    async def of(self, face: Face, merchant: Merchant) -> Credentials:
        """A merchant's, for the messages of a face, now. Raises StorageFailed."""
        name, now = (face.name, merchant.mch_id), self._clock.real_now()
        kept = self._kept.get(name)
        if (
            kept is not None
            and kept.merchant is merchant
            and kept.at.replace(microsecond=0) == now.replace(microsecond=0)
        ):
            return kept
        found = await self._storage.read_now(lambda tx: face.credentials(tx, merchant, now))
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[name] = found
        return found

    def committed(self, changes: ChangeSet) -> None:
        """Certificates and keys are a merchant's: what changed of any has all read again."""
        if changes.merchants:
            self._kept.clear()
