"""The console: pages that show what happened, and let people decide what the payer does."""

from sandbox.console.app import application
from sandbox.console.first_steps.sample import bad_mailbox, mailbox, turn_to_login
from sandbox.console.frame.view import Console

__all__ = ["Console", "application", "bad_mailbox", "mailbox", "turn_to_login"]
