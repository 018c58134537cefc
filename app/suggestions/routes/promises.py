"""The promise ledger across years."""
