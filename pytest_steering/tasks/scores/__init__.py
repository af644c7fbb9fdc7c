"""Numbers that written answers get: those of this package, and what a function of one's own becomes."""

from pytest_steering.tasks.scores.limit import Limit
from pytest_steering.tasks.scores.score import FunctionScore, Score, Scored, as_score

__all__ = ["FunctionScore", "Limit", "Score", "Scored", "as_score"]
