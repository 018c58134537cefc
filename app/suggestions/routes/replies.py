"""Reply letters: drafted, signed, sent."""
