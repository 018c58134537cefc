"""The special fund (1-13)."""
