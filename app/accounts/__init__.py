"""Floor 2: logins, sessions, role grants scoped to an area."""
