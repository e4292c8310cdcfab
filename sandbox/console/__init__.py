"""The console: pages that show what happened, and let people decide what the payer does."""

from sandbox.console.app import application
from sandbox.console.first_steps.sample import mailbox
from sandbox.console.first_steps.sample import receive_badly as receive_sample_badly
from sandbox.console.frame.view import Console

__all__ = ["Console", "application", "mailbox", "receive_sample_badly"]
