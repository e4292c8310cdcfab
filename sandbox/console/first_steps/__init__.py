"""From nothing to a paid order, with one's own backend or with none."""
