"""The sandbox itself: its index, health and metrics."""
