"""The conformance suite that users run on their own model."""
