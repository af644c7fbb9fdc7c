"""A steered model as a model of lm-evaluation-harness, so that any of its tasks runs steered."""

from pytest_steering.harness.steered_lm import steered_lm

__all__ = ["steered_lm"]
