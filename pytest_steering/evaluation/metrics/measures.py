"""Every number of a cell by name, in the order of a report, each with why it may be undefined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pytest_steering.evaluation.metrics import confusion as hard
from pytest_steering.evaluation.metrics import detection, ranking
from pytest_steering.evaluation.metrics.pairs import Pairs, explained_by_yes_rate, pair_outcomes
from pytest_steering.evaluation.metrics.scored import Scored


class Facts:
    """What the measures share, computed once for one set of rows."""

    def __init__(self, rows: Sequence[Scored]) -> None:
        self.rows = rows

    @cached_property
    def confusion(self) -> hard.Confusion:
        """Answers by label."""
        return hard.confusion(self.rows)

    @cached_property
    def pairs(self) -> Pairs:
        """Twin pairs by their answers."""
        return pair_outcomes(self.rows)

    @cached_property
    def area(self) -> float | None:
        """AUROC of the margins."""
        return ranking.auroc(self.rows)


@dataclass(frozen=True)
class Measure:
    """One number.

    Attributes:
        name: Key in a record.
        title: As a table shows it.
        value: Computes it; None when it is undefined.
        why: Says why it is undefined.
    """

    name: str
    title: str
    value: Callable[[Facts], float | None]
    why: Callable[[Facts], str]


def _hard(
    name: str, title: str, function: Callable[[hard.Confusion], float | None], why: Callable[[Facts], str]
) -> Measure:
    return Measure(name, title, lambda facts: function(facts.confusion), why)


def _pair(name: str, title: str, count: Callable[[Pairs], int]) -> Measure:
    return Measure(name, title, lambda facts: facts.pairs.share(count(facts.pairs)), _no_pairs)


def _no_samples(_: Facts) -> str:
    return "there are no samples"


def _no_answers(_: Facts) -> str:
    return "no sample was answered"


def _no_vulnerable(_: Facts) -> str:
    return "no vulnerable sample was answered"


def _no_patched(_: Facts) -> str:
    return "no patched sample was answered"


def _one_class_answered(_: Facts) -> str:
    return "one class has no answered sample"


def _one_class(_: Facts) -> str:
    return "one class has no sample"


def _no_correlation(facts: Facts) -> str:
    constant = hard.constant_predictor(facts.confusion)
    return f"a constant predictor ({constant})" if constant else "one class has no answered sample"


def _not_identifiable(facts: Facts) -> str:
    return detection.SATURATED if detection.saturated(facts.confusion) else "one class has no answered sample"


def _no_ranking(facts: Facts) -> str:
    if all(row.margin is None for row in facts.rows):
        return "no sample has a margin"
    return "the samples with a margin are all of one class"


def _no_d_a(facts: Facts) -> str:
    return _no_ranking(facts) if facts.area is None else f"AUROC is {facts.area:.0f}, so d_a is not finite"


def _no_pairs(_: Facts) -> str:
    return "there is no complete twin pair"


def _no_pair_margins(facts: Facts) -> str:
    return "no pair has two margins" if facts.pairs.n else _no_pairs(facts)


MEASURES = (
    _hard("answered_share", "answered", hard.answered_share, _no_samples),
    _hard("balanced_accuracy", "balanced accuracy (answered)", hard.balanced_accuracy, _one_class_answered),
    _hard("balanced_accuracy_all", "balanced accuracy (all)", hard.balanced_accuracy_all, _one_class),
    _hard("mcc", "MCC", hard.mcc, _no_correlation),
    _hard("tpr", "TPR", hard.tpr, _no_vulnerable),
    _hard("tnr", "TNR", hard.tnr, _no_patched),
    _hard("yes_rate", "yes-rate", hard.yes_rate, _no_answers),
    _hard("accuracy_answered", "accuracy (answered)", hard.accuracy_answered, _no_answers),
    _hard("accuracy_all", "accuracy (all)", hard.accuracy_all, _no_samples),
    Measure("auroc", "AUROC of the margin", lambda facts: facts.area, _no_ranking),
    Measure(
        "average_precision", "average precision", lambda f: ranking.average_precision(f.rows), _no_ranking
    ),
    Measure("d_a", "d_a", lambda facts: detection.d_a(facts.area), _no_d_a),
    _hard("d_prime", "d′", detection.d_prime, _not_identifiable),
    _hard("criterion", "criterion c", detection.criterion, _not_identifiable),
    _pair("pair_correct", "P-C, both right", lambda pairs: pairs.correct),
    Measure(
        "pair_correct_by_yes_rate",
        "y(1−y), by the yes-rate alone",
        lambda facts: explained_by_yes_rate(hard.yes_rate(facts.confusion)),
        _no_answers,
    ),
    _pair("pair_vulnerable", "P-V, both called vulnerable", lambda pairs: pairs.vulnerable),
    _pair("pair_benign", "P-B, both called benign", lambda pairs: pairs.benign),
    _pair("pair_reversed", "P-R, both wrong", lambda pairs: pairs.reversed),
    _pair("pair_unanswered", "pairs not wholly answered", lambda pairs: pairs.unanswered),
    Measure(
        "pair_ranking_accuracy",
        "pair ranking accuracy",
        lambda facts: facts.pairs.ranking_accuracy,
        _no_pair_margins,
    ),
)
