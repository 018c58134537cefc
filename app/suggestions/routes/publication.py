"""Making process and result public (0-12)."""
