"""Steering a model whose weights are elsewhere: one request a batch, through nnsight, to NDIF."""
