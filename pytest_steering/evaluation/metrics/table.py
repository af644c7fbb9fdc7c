"""Metrics as a table: accuracy never stands alone, nor do metrics without predictors that know nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pytest_steering.evaluation.metrics.baselines import baselines
from pytest_steering.evaluation.metrics.detection import SATURATED
from pytest_steering.evaluation.metrics.measures import MEASURES, Measure
from pytest_steering.evaluation.metrics.score import Metrics, score_by
from pytest_steering.evaluation.metrics.scored import Scored
from pytest_steering.printable import printable

_MAIN = (
    "answered_share",
    "balanced_accuracy",
    "tpr",
    "tnr",
    "mcc",
    "yes_rate",
    "auroc",
    "pair_correct",
    "pair_correct_by_yes_rate",
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
    found = score_by(rows, group)
    return summary_table(found, group) if found else ""


def summary_table(results: Mapping[str, Metrics], title: str) -> str:
    """Return one row a result, with those of the main numbers that any result has."""
    from tabulate import tabulate

    columns = [name for name in _MAIN if any(one[name] is not None for one in results.values())]
    titles = {measure.name: measure.title for measure in MEASURES}
    body = [
        [
            printable(name),
            str(one.confusion.n),
            *(_number(one[column]) for column in columns),
            one.constant or "",
        ]
        for name, one in results.items()
    ]
    headers = [title, "n", *(titles[column] for column in columns), "constant predictor"]
    return tabulate(body, headers=headers, disable_numparse=True)


def footnotes(results: Mapping[str, Metrics]) -> list[str]:
    """Return a sentence for each constant predictor, reason of a missing number, and gap in the pairs."""
    constant = [
        f"{printable(name)} is a constant predictor: {one.constant}."
        for name, one in results.items()
        if one.constant
    ]
    gaps = [
        f"{printable(name)}: {len(one.pairs.incomplete)} pairs are incomplete and not counted."
        for name, one in results.items()
        if one.pairs.incomplete
    ]
    return [*constant, *_missing(results), *gaps]


def _missing(results: Mapping[str, Metrics]) -> list[str]:
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for name, one in results.items():
        for reason in dict.fromkeys(one.undefined.values()):
            measures = tuple(_title(key) for key, why in one.undefined.items() if why == reason)
            found.setdefault((reason, measures), []).append(printable(name))
    return [
        f"Undefined{_where(names, len(results))}, {reason}: {'; '.join(measures)}."
        for (reason, measures), names in found.items()
    ]


def _where(names: Sequence[str], of: int) -> str:
    if len(names) == of:
        return ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f" for {', '.join(names[:3])}{more}"


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
