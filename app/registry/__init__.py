"""Floor 1: areas, terms, districts and electing units, persons and their mandates, all dated."""
