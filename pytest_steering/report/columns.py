"""The columns of the closing table: what each says of a cell, and which give way on a narrow terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pytest_steering.comparison import Arm, Changes, Estimate, estimated_change
from pytest_steering.comparison.guards import beside_unsteered
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.metrics import JUDGEMENT, SIDE_EFFECTS, find
from pytest_steering.comparison.outcomes import choosing, labelled, skipped
from pytest_steering.errors import DataError
from pytest_steering.printable import printable
from pytest_steering.report.cell_summary import where

NONE = "–"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: At its head.
        short: At its head where the terminal is narrow.
        text: What it says of an arm.
        spare: The higher, the sooner it gives way on a narrow terminal; 0 stays.
    """

    title: str
    short: str
    text: Callable[[Arm], str]
    spare: int = 0


def columns_of(arms: Iterable[Arm]) -> list[Column]:
    """Return the columns of a table, those of metrics that a user brought at its end.

    Args:
        arms: Of all cells; a number that their records hold and this package has no name for is a user's.
    """
    ours = {name for one in (*JUDGEMENT, *SIDE_EFFECTS) for name in (one.name, *one.older_names)}
    arms = list(arms)
    about = {arm.main_metric for arm in arms}
    numbers = _OF_MEANS if ACCURACY not in about else _OF_ACCURACY if len(about) == 1 else _OF_BOTH
    names = dict.fromkeys(
        name for arm in arms for name in arm.record.metrics if name not in ours and name not in about
    )
    return [*_TO_DECIDE_BY, *numbers, *_BESIDE, *(_own(name) for name in names)]


def _own(name: str) -> Column:
    known = find(name)
    return Column(printable(known.title if known else name, 24), printable(name, 12), _held(name), 8)


def _held(name: str) -> Callable[[Arm], str]:
    """Return a number of arms that have it: other tasks of a run have other scores."""
    return lambda arm: _share(arm[name]) if name in arm.record.metrics else ""


def _metric(name: str) -> Callable[[Arm], str]:
    """Return a number of answers that are right or wrong: of another task that has none it says nothing."""
    return lambda arm: _share(arm[name]) if arm.main_metric == ACCURACY or arm[name] is not None else ""


def _of_verdicts(name: str) -> Callable[[Arm], str]:
    """Return a number of yes and no; of a choice, where yes only says that it is the wanted one, nothing."""
    share = _metric(name)
    return lambda arm: "" if any(map(choosing, arm.run)) else share(arm)


def _accuracy(arm: Arm) -> str:
    return _with_interval(arm.estimate("accuracy"))


def _changes(arm: Arm) -> Changes | None:
    """Return what became of the samples run here and unsteered; None where no effect can be told."""
    beside = arm.facts.beside
    if beside is None or arm.beside is arm.record or arm.invalid or not any(map(labelled, beside.before)):
        return None
    return beside.changes()


def _change(arm: Arm) -> str:
    if arm.main_metric != ACCURACY:
        return ""
    if arm.invalid:
        return "invalid"
    changes = _changes(arm)
    return f"{changes.effect:+.2f}" if changes else ""


def _p(arm: Arm) -> str:
    changes, moved = _changes(arm), _mean_change(arm)
    p = moved.p if moved else changes.p() if changes else None
    if p is None:
        return ""
    return "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def _mean(arm: Arm) -> str:
    """Return the number that the run is about with its interval, where that is no accuracy."""
    if arm.main_metric == ACCURACY:
        return ""
    try:
        return _with_interval(arm.estimate(arm.main_metric))
    except DataError:  # of a single sample, or of one cluster, there is a number and no interval
        return _share(arm[arm.main_metric])


def _mean_change(arm: Arm) -> Estimate | None:
    beside = arm.facts.beside
    if beside is None or arm.beside is arm.record or arm.invalid or arm.main_metric == ACCURACY:
        return None
    try:
        found = estimated_change(beside, arm.main_metric)
    except DataError:  # no sample was run both ways, or those are of one cluster
        return None
    return None if found.value is None else found


def _moved(arm: Arm) -> str:
    if arm.main_metric == ACCURACY:
        return ""
    if arm.invalid:
        return "invalid"
    found = _mean_change(arm)
    return f"{found.number:+.2f}" if found else ""


def _broken(arm: Arm) -> str:
    found = beside_unsteered(arm)
    return f"{found.share:.2f}" if found else ""


def _with_interval(found: Estimate) -> str:
    return NONE if found.value is None else f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _share(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


_TO_DECIDE_BY = (
    Column("arm", "arm", lambda arm: printable(arm.name, 24)),
    Column("at", "at", lambda arm: where(arm.record)),
    Column("n", "n", lambda arm: str(len(arm.run))),
    Column("skipped", "skip", lambda arm: str(len(skipped(arm.outcomes))), 5),
    # Accuracy alone cannot tell "always yes" from a coin or from a broken reader: these two stay longest.
    Column("answered", "ans", _metric("answered_share"), 1),
    Column("yes-rate", "yes", _of_verdicts("yes_rate")),
)

_OF_ACCURACY = (
    Column("accuracy [95 %]", "acc [95 %]", _accuracy),
    Column("Δ accuracy", "Δ acc", _change),
)

_OF_MEANS = (
    Column("mean [95 %]", "mean [95 %]", _mean),
    Column("Δ mean", "Δ", _moved),
)

_OF_BOTH = (
    Column("result [95 %]", "result [95 %]", lambda arm: _mean(arm) or _accuracy(arm)),
    Column("Δ result", "Δ", lambda arm: _moved(arm) or _change(arm)),
)
"""Of a run whose experiments are about several numbers; the line above each experiment's arms says which."""

_BESIDE = (
    Column("p", "p", _p, 2),
    Column("broken", "brk", _broken, 3),
    Column("balanced", "bal", _of_verdicts("balanced_accuracy"), 4),
    Column("AUROC", "AUC", _of_verdicts("auroc"), 6),
    Column("MCC", "MCC", _of_verdicts("mcc"), 7),
    Column("TNR", "TNR", _of_verdicts("tnr"), 9),
)
