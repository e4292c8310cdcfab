"""The store: the only SQL."""

from sandbox.store.retention import Limits
from sandbox.store.storage import Store
from sandbox.store.unusable import DatabaseUnusable

__all__ = ["DatabaseUnusable", "Limits", "Store"]
