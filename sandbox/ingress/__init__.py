"""Certificates of the sandbox and its merchants."""
