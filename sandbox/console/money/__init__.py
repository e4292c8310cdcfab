"""Where money went: refunds, ledgers, bills."""
