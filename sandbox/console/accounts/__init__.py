"""Merchants, apps and payers, with their keys and certificates."""
