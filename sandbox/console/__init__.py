"""The console: pages that show what happened, and let people decide what the payer does."""

from sandbox.console.app import application

__all__ = ["application"]
