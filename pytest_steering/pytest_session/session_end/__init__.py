"""What the end of a pytest run decides and says: the gate, the claims, the reports, what to run next."""
