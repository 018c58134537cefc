"""Floor 8: the performance file (履职档案), read from the ledger for one mandate or a whole person."""
