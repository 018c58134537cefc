"""Deadlines of suggestions: computed by the office's rules, running, extended, ended (law.md 1.5)."""
