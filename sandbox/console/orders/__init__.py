"""What became of orders: their list, one order with its timeline, whom it was told."""
