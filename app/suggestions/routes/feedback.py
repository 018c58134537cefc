"""The proposers' slips, handling again, the end (forms.md 4.7)."""
