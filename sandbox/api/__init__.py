"""What a call to any face of WeChat's API goes through, once: exchange, body, scenario, transaction, journal."""
