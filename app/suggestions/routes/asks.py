"""What units ask for: return and extension, decided by the assigning office (law.md 1.5)."""
