"""Metrics as a table: accuracy never stands alone, nor do metrics without predictors that know nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pytest_steering.evaluation.metrics.baselines import baselines
from pytest_steering.evaluation.metrics.detection import SATURATED
from pytest_steering.evaluation.metrics.measures import MEASURES, Measure
from pytest_steering.evaluation.metrics.score import Metrics, score_by
from pytest_steering.evaluation.metrics.scored import Scored
from pytest_steering.evaluation.printable import printable

_GROUP_COLUMNS = (
    "answered_share",
    "balanced_accuracy",
    "tpr",
    "tnr",
    "mcc",
    "yes_rate",
    "auroc",
    "pair_correct",
)


def metrics_table(results: Mapping[str, Metrics], rows: Sequence[Scored] = ()) -> str:
    """Return one column a result, and one each for *always yes*, *always no* and *length only*.

    Args:
        results: Metrics by the name of their column.
        rows: The samples, for the columns of the predictors that know nothing.
    """
    from tabulate import tabulate

    columns = {**results, **(baselines(rows) if rows else {})}
    body = [[measure.title, *(_cell(one, measure) for one in columns.values())] for measure in MEASURES]
    body += [[title, *(value(one) for one in columns.values())] for title, value in _COUNTS]
    return tabulate(body, headers=["", *(printable(name) for name in columns)], disable_numparse=True)


def group_table(rows: Sequence[Scored], group: str) -> str:
    """Return one row for each value of a group, such as each weakness; empty where none has that group."""
    from tabulate import tabulate

    found = score_by(rows, group)
    titles = {measure.name: measure.title for measure in MEASURES}
    body = [
        [printable(name), str(one.confusion.n), *(_number(one[column]) for column in _GROUP_COLUMNS)]
        for name, one in found.items()
    ]
    headers = [group, "n", *(titles[column] for column in _GROUP_COLUMNS)]
    return tabulate(body, headers=headers, disable_numparse=True) if body else ""


def footnotes(results: Mapping[str, Metrics]) -> list[str]:
    """Return a sentence for each constant predictor, reason of a missing number, and gap in the pairs."""
    lines = []
    for name, metrics in results.items():
        if metrics.constant:
            lines.append(f"{printable(name)} is a constant predictor: {metrics.constant}.")
        for reason in dict.fromkeys(metrics.undefined.values()):
            missing = ", ".join(_title(one) for one, why in metrics.undefined.items() if why == reason)
            lines.append(f"{printable(name)}: {missing} undefined: {reason}.")
        if metrics.pairs.incomplete:
            lines.append(
                f"{printable(name)}: {len(metrics.pairs.incomplete)} pairs are incomplete and not counted."
            )
    return lines


def _cell(metrics: Metrics, measure: Measure) -> str:
    if metrics.undefined.get(measure.name) == SATURATED:
        return "saturated"
    interval = metrics.intervals.get(measure.name)
    within = f" [{interval.low:.3f}, {interval.high:.3f}]" if interval else ""
    return _number(metrics[measure.name]) + within


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _title(name: str) -> str:
    return next(measure.title for measure in MEASURES if measure.name == name)


_COUNTS: tuple[tuple[str, Callable[[Metrics], str]], ...] = (
    ("samples", lambda one: str(one.confusion.n)),
    ("pairs", lambda one: str(one.pairs.n)),
    ("truncated", lambda one: str(one.truncated)),
    ("constant predictor", lambda one: one.constant or ""),
)
