"""What is added, where, and when."""
