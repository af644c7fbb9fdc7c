"""What is wrong with contrast pairs as texts, before a model reads them: one function a check."""

from pytest_steering.extraction.pair_checks.every_check import check_pairs
from pytest_steering.extraction.pair_checks.pair_problem import PairProblem

__all__ = ["PairProblem", "check_pairs"]
