"""pytest-steering: find out whether steering a language model works, and keep it working."""
