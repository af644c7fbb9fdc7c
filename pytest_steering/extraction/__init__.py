"""Contrast pairs become directions."""
