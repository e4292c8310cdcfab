"""Profit sharing: the calls about it, their shapes, and how these are made."""
