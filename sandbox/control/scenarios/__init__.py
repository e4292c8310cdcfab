"""Scenarios: read, put, applied."""
