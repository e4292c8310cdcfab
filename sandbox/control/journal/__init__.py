"""What happened: calls, timelines, and what a test expects of them."""
