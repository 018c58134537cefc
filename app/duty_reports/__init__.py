"""Floor 6: reports on duty to voters and electing units (述职)."""
