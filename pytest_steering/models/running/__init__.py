"""Batches through a model: answers, scores of choices, and states that are read."""
