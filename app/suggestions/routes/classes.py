"""Similar suggestions as one class (4-24)."""
