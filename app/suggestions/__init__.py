"""Floor 6: deputies' suggestions and their handling."""
