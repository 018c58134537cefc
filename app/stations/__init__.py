"""Floor 5: liaison stations, reception days, opinions taken there."""
