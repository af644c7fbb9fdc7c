"""What predictors that know nothing of the question get on the same samples, and which arms are such."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pytest_steering.comparison import Facts, constant_answer, trivial_predictors
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.outcomes import labelled
from pytest_steering.records import Outcome
from pytest_steering.report.cell_summary import Group


class Unanswered(NamedTuple):
    """What predictors know of a sample that know nothing of the question."""

    id: str
    expected: str
    pair: str | None
    cluster: str | None
    length: int | None
    wanted: str


def trivial_texts(group: Group) -> Iterator[str]:
    """Yield what predictors without the question get, such as *always yes*, and which arms answer one thing.

    Args:
        group: The arms of one experiment; they share their samples.
    """
    arms = [arm for arm in group.arms if arm.run]
    if not arms:
        return
    predictors = _predictors(tuple(map(_unanswered, arms[0].run))) if any(map(labelled, arms[0].run)) else ""
    if predictors:
        yield f"knowing nothing of the question: {predictors}"
    constant: dict[str, list[str]] = {}
    for arm in arms:
        always = constant_answer(arm.facts)
        if always:
            constant.setdefault(always, []).append(arm.name)
    if constant:
        named = "; ".join(f"{', '.join(names)} {always}" for always, names in constant.items())
        yield f"constant predictors: {named}"


def _unanswered(outcome: Outcome) -> Unanswered:
    """Return what is known of a sample before it is answered."""
    return Unanswered(
        outcome.id, outcome.expected, outcome.pair_id, outcome.cluster, outcome.length, outcome.wanted
    )


@lru_cache(maxsize=256)
def _predictors(samples: tuple[Unanswered, ...]) -> str:
    """Return what each predictor gets; most experiments of a run share their samples."""
    outcomes = [
        Outcome(
            one.id,
            one.expected,
            pair_id=one.pair,
            cluster=one.cluster,
            length=one.length,
            wanted=one.wanted,
        )
        for one in samples
    ]
    return ", ".join(f"{name} {_scores(facts)}" for name, facts in trivial_predictors(outcomes).items())


def _scores(facts: Facts) -> str:
    accuracy, area = (metric(name).value(facts) for name in ("accuracy", "auroc"))
    ranking = "" if area in (None, 0.5) else f" (AUROC {area:.2f})"
    return f"{accuracy:.2f}{ranking}"
