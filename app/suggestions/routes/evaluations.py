"""The year's evaluation of units: opening, counting, ranking (4-12 … 4-17)."""
