"""Extraction methods side by side, at equal norm and at equal disturbance: docs/methods.md."""
