"""All checks of contrast pairs, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_steering.errors import DataError
from pytest_steering.extraction.pair_checks import form_checks, letter_checks, number_checks, wording_checks
from pytest_steering.extraction.pair_checks.pair_problem import PairProblem
from pytest_steering.extraction.pairs import ContrastPair

CHECKS = (*number_checks.CHECKS, *form_checks.CHECKS, *letter_checks.CHECKS, *wording_checks.CHECKS)


def check_pairs(pairs: Sequence[ContrastPair]) -> list[PairProblem]:
    """Return what is wrong with contrast pairs as texts, each with a number and what to do; empty is good.

    A problem says that something else than the behaviour tells the sides apart, so that a direction may be of
    that. Pairs that ask the same question under words and without them cannot but have some.

    Args:
        pairs: In any order.

    Raises:
        DataError: There are none.
    """
    if not pairs:
        raise DataError("there are no contrast pairs to look at")
    return [found for check in CHECKS if (found := check(pairs)) is not None]
