"""Excellent suggestions of a year and their booklet (2-30, 4-18)."""
