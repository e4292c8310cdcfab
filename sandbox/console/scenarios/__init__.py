"""Scenarios: applied, and written."""
