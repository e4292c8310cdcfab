"""Why a database cannot be opened."""


class DatabaseUnusable(Exception):
    """The database cannot be opened; the message is one sentence for a person."""
