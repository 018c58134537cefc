"""Floor 8: what is computed from the facts: coverage, statistics, performance files."""
