"""The office screens what was handed in."""
