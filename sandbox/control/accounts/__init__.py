"""Merchants, apps and payers: with certificates, ledgers and what was changed."""
