"""Signatures: made, checked, diagnosed."""
