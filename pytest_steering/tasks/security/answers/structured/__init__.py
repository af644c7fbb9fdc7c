"""Answers with a structure: JSON, YAML, tags and tables, read field by field."""

from pytest_steering.tasks.security.answers.structured.structured_verdict import structured_verdict

__all__ = ["structured_verdict"]
