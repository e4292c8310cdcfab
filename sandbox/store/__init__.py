"""The store: the only SQL."""

from sandbox.store.database import DatabaseUnusable
from sandbox.store.retention import Limits
from sandbox.store.storage import Store

__all__ = ["DatabaseUnusable", "Limits", "Store"]
