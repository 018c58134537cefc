"""The year's reception calendar: its days, its rota, its papers and feeds (3-06, 3-10, 3-37, 3-42)."""
