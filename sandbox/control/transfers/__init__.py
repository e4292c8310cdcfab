"""Transfers to people: the calls about them, their shapes, and how these are made."""
