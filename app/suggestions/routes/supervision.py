"""Who supervises which suggestion, and what they did on site (4-10, 4-23 … 4-30, 0-10, 0-11)."""
