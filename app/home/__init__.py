"""Floor 9: the to-do page, search, preferences."""
