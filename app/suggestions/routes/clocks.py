"""Deadlines: what runs, what is overdue, what a change of rules would move, urging letters (4-07)."""
