"""What happened? Reads records, needs no torch."""
