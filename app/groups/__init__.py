"""Floor 4: deputy groups, posts in them, dated membership."""
