"""Looking back at what was promised (4-02)."""
