"""Handing suggestions to units: pre-assignment, assignment, splitting, taking back (4-19, 4-20)."""
