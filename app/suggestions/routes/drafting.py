"""A deputy drafts, asks colleagues to co-sign, hands in, withdraws."""
