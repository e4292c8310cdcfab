"""Hypothesis for the definitions: the same examples each time, and no deadline, for a busy machine is no failure."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
