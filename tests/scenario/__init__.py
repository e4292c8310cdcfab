"""Scenario files: read, matched, decided between."""
