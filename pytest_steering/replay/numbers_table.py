"""Numbers as a table: accuracy never stands alone, nor do numbers without predictors that know nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pytest_steering.comparison import Facts, estimate
from pytest_steering.comparison.metrics import JUDGEMENT, Metric, metric, own_metrics
from pytest_steering.comparison.metrics.detection import SATURATED
from pytest_steering.errors import DataError
from pytest_steering.printable import printable
from pytest_steering.texts.wide_characters import tabulated

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
_WITH_INTERVAL = ("auroc", "average_precision", "d_a")


def numbers_table(results: Mapping[str, Facts], trivial: Mapping[str, Facts]) -> str:
    """Return one column a result, and one for each predictor that knows nothing.

    Args:
        results: Samples by the name of their column.
        trivial: What *always yes*, *always no* and *length only* answer to the same samples.
    """
    columns = {**results, **trivial}
    body = [
        [one.title, *(_cell(facts, one, name in results) for name, facts in columns.items())]
        for one in _shown()
    ]
    body += [[title, *(value(facts) for facts in columns.values())] for title, value in _COUNTS]
    return tabulated(body, headers=["", *(printable(name) for name in columns)], disable_numparse=True)


def summary_table(results: Mapping[str, Facts], title: str) -> str:
    """Return one row a result, with those of the main numbers that any result has."""
    main = [metric(name) for name in _MAIN]
    columns = [one for one in main if any(one.value(facts) is not None for facts in results.values())]
    body = [
        [
            printable(name),
            str(facts.confusion.n),
            *(_number(column.value(facts)) for column in columns),
            facts.confusion.constant or "",
        ]
        for name, facts in results.items()
    ]
    headers = [title, "n", *(column.title for column in columns), "constant predictor"]
    return tabulated(body, headers=headers, disable_numparse=True)


def footnotes(results: Mapping[str, Facts]) -> list[str]:
    """Return a sentence for each constant predictor, reason of a missing number, and gap in the pairs."""
    constant = [
        f"{printable(name)} is a constant predictor: {facts.confusion.constant}."
        for name, facts in results.items()
        if facts.confusion.constant
    ]
    gaps = [
        f"{printable(name)}: {len(facts.twins.incomplete)} pairs are incomplete and not counted."
        for name, facts in results.items()
        if facts.twins.incomplete
    ]
    return [*constant, *_missing(results), *gaps]


def _shown() -> tuple[Metric, ...]:
    return (*JUDGEMENT, *own_metrics())


def _missing(results: Mapping[str, Facts]) -> list[str]:
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for name, facts in results.items():
        reasons: dict[str, list[str]] = {}
        for one in _shown():
            if one.value(facts) is None:
                reasons.setdefault(one.why_undefined(facts), []).append(one.title)
        for reason, titles in reasons.items():
            found.setdefault((reason, tuple(titles)), []).append(printable(name))
    return [
        f"Undefined{_where(names, len(results))}, {reason}: {'; '.join(titles)}."
        for (reason, titles), names in found.items()
    ]


def _where(names: Sequence[str], of: int) -> str:
    if len(names) == of:
        return ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f" for {', '.join(names[:3])}{more}"


def _cell(facts: Facts, one: Metric, with_interval: bool) -> str:
    value = one.value(facts)
    if value is None and one.why_undefined(facts) == SATURATED:
        return "saturated"
    shown = with_interval and value is not None and one.name in _WITH_INTERVAL
    return _number(value) + (_interval(facts, one) if shown else "")


def _interval(facts: Facts, one: Metric) -> str:
    try:
        found = estimate(facts, one.name)
    except DataError:  # all samples are of one cluster
        return ""
    return f" [{found.low:.3f}, {found.high:.3f}]"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


_COUNTS: tuple[tuple[str, Callable[[Facts], str]], ...] = (
    ("samples", lambda facts: str(facts.confusion.n)),
    ("pairs", lambda facts: str(len(facts.twins.complete))),
    ("constant predictor", lambda facts: facts.confusion.constant or ""),
)
