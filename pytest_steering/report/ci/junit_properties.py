"""The numbers of a test as properties of its JUnit test case."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_steering.printable import printable
from pytest_steering.records import Record
from pytest_steering.report.effect import Effect, effects_of

Properties = list[tuple[str, str]]


def junit_properties(records: Iterable[Record]) -> Properties:
    """Return the properties of a test: what each of its runs found, the second one's as `steering.2.…`.

    Args:
        records: That the test made.
    """
    return [
        (f"steering.{'' if number == 1 else f'{number}.'}{name}", printable(value, 500))
        for number, effect in enumerate(effects_of(records), 1)
        for name, value in _of(effect)
    ]


def _of(effect: Effect) -> Properties:
    found = effect.change
    numbers = {
        "unsteered": effect.before,
        "steered": effect.after,
        "effect": found.value if found else None,
        "low": found.low if found else None,
        "high": found.high if found else None,
        "p": found.p if found else None,
        "samples": found.samples if found else None,
    }
    texts = {"model": effect.model, "at": effect.at, "metric": effect.metric, "verdict": effect.verdict}
    known = {name: repr(number) for name, number in numbers.items() if number is not None}
    return [*texts.items(), *known.items(), ("findings", ", ".join(effect.findings))]
