"""Scores and choices of answers recorded elsewhere: arms by name, side by side."""
