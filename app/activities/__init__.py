"""Floor 5: organised activities with attendance and sign-in."""
