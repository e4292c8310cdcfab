"""Signatures by scheme, each with its doctor: who finds what made a wrong one."""
