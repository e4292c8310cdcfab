"""Calls as they were sent, and sending them by hand."""
