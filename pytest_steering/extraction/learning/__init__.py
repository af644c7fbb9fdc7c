"""Directions that are learned by gradient, on a model whose weights stay as they are."""
