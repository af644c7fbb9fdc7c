"""Did it get worse? Reads records, needs no torch."""
