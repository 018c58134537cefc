"""Raters give their word (4-12)."""
