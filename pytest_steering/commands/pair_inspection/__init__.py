"""Contrast pairs looked at before anything is steered: as texts, and as states of a model."""
