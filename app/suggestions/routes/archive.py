"""Archiving: one bundle per suggestion."""
