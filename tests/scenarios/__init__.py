"""Each built-in scenario, as the merchant sees it."""
