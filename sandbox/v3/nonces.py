"""Nonces of calls: one that comes twice is told, and taken all the same (contract, "APIv3")."""

from collections import OrderedDict

KEPT_SECONDS = 600
"""A signature is good for five minutes on either side of its timestamp: for so long a nonce may come again."""
MOST = 100_000


class SeenNonces:
    """Those of signed calls, by merchant, while the sandbox runs: the last minutes', and so many at the most."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], float] = OrderedDict()

    def again(self, mch_id: str, nonce_str: str, at: float) -> bool:
        """Whether a merchant's nonce has come before; from now on it has. `at` is real time, in seconds."""
        self._forget(at - KEPT_SECONDS)
        known = (mch_id, nonce_str) in self._seen
        self._seen[mch_id, nonce_str] = at
        self._seen.move_to_end((mch_id, nonce_str))
        return known

    def _forget(self, before: float) -> None:
        while self._seen:
            oldest = next(iter(self._seen.values()))
            if oldest >= before and len(self._seen) < MOST:
                return
            self._seen.popitem(last=False)
