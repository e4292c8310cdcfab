"""The debugging tool."""
