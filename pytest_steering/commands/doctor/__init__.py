"""Is this machine ready? What is missing, and the one command that mends it."""
