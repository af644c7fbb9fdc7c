"""A prompt answered without and with a vector, side by side."""
