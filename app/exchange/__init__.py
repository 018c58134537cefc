"""Floor 9: workbooks in: recognition, preview, import, undo."""
