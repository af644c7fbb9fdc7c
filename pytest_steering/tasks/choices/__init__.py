"""Choices as they are published: one module a format, what was understood of them, and what is wrong."""
