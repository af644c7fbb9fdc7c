"""What predictors that know nothing of the question get on the same samples, and which arms are such."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.comparison import Facts, trivial_predictors
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.outcomes import labelled
from pytest_steering.records import Outcome
from pytest_steering.report.cell_summary import Group


def trivial_texts(group: Group) -> Iterator[str]:
    """Yield what *always yes*, *always no* and *length only* get, and which arms answer always the same.

    Args:
        group: The arms of one experiment; they share their samples.
    """
    arms = [arm for arm in group.arms if arm.run]
    if not arms:
        return
    if any(map(labelled, arms[0].run)):
        yield f"knowing nothing of the question: {_predictors(arms[0].run)}"
    constant: dict[str, list[str]] = {}
    for arm in arms:
        always = arm.facts.confusion.constant
        if always:
            constant.setdefault(always, []).append(arm.name)
    if constant:
        named = "; ".join(f"{', '.join(names)} {always}" for always, names in constant.items())
        yield f"constant predictors: {named}"


def _predictors(outcomes: Sequence[Outcome]) -> str:
    return ", ".join(f"{name} {_scores(facts)}" for name, facts in trivial_predictors(outcomes).items())


def _scores(facts: Facts) -> str:
    accuracy, area = (metric(name).value(facts) for name in ("accuracy", "auroc"))
    ranking = "" if area in (None, 0.5) else f" (AUROC {area:.2f})"
    return f"{accuracy:.2f}{ranking}"
