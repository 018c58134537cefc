"""What would make sense in any other government application: no noun of deputies' work lives here."""
