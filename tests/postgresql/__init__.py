"""Several sandboxes on one PostgreSQL: what holds among them."""
