"""Reading across features: coverage, statistics, suggestions."""
