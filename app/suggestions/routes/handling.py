"""A unit and what is in its hands: sign, contact, plan, help (4-22)."""
