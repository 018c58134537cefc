"""Floor 3: the duty ledger, one row per fact of duty, with its source."""
