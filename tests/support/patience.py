"""How long a test waits for what comes at once where nothing is wrong."""

PATIENCE = 60.0
"""Seconds: a machine that has much to do is no failure."""
