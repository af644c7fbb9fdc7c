"""The numbers of recorded arms as tables: one a number, with a line for each model and arm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from pytest_steering.comparison import Arm, Estimate, estimate, estimated_change
from pytest_steering.comparison.guards import Guarded, beside_unsteered
from pytest_steering.comparison.mean_text import digits_of, number_text
from pytest_steering.comparison.metrics import metric, number_of
from pytest_steering.errors import DataError
from pytest_steering.printable import printable
from pytest_steering.replay.arms.asked_numbers import GOLD
from pytest_steering.replay.arms.label_agreement import agreement_text, label_agreement
from pytest_steering.replay.arms.replayed_arms import ReplayedArms
from pytest_steering.replay.arms.replayed_model import ReplayedModel
from pytest_steering.texts.wide_characters import tabulated

SHORT = 40


@dataclass(frozen=True)
class Line:
    """One line of a table.

    Attributes:
        model: Whose arm it is.
        arm: What the line tells of.
        number: Which number.
        digits: Decimals.
        labelled: Whether the number is compared with labels.
    """

    model: ReplayedModel
    arm: Arm
    number: str
    digits: int
    labelled: bool


def number_tables(report: ReplayedArms) -> Iterator[str]:
    """Yield for each number what it is, and the table of its arms.

    Args:
        report: Has an answer at least.
    """
    for name in report.asked.names:
        lines = list(_lines(report, name))
        shown = {title: [text(one) for one in lines] for title, text in _COLUMNS.items()}
        telling = {title: texts for title, texts in shown.items() if any(texts)}
        yield f"{name}: {printable(metric(name, lines[0].arm.facts.scores).meaning, 300)}"
        yield tabulated(list(zip(*telling.values(), strict=True)), list(telling), disable_numparse=True)
        yield ""


def broken_answers(arm: Arm) -> Guarded | None:
    """Return what the guards say of an arm, beside itself where no other is known; None without guards."""
    return beside_unsteered(arm if arm.beside else replace(arm, beside=arm.record))


def _lines(report: ReplayedArms, name: str) -> Iterator[Line]:
    arms = [(model, arm) for model in report.models for arm in model.run.arms.values()]
    of, labelled = number_of(name), report.asked.compared(name)
    digits = digits_of(value for _, arm in arms for one in arm.run if (value := of(one)) is not None)
    yield from (Line(model, arm, name, digits, labelled) for model, arm in arms)


def _count(line: Line) -> str:
    of, every = number_of(line.number), line.arm.run
    known = sum(of(one) is not None for one in every)
    return str(known) if known == len(every) else f"{known} of {len(every)}"


def _mean(line: Line) -> str:
    found = _estimated(lambda: estimate(line.arm.facts, line.number), line.digits, "-")
    alone = line.arm[line.number]
    return found or ("" if alone is None else number_text(alone, line.digits))


def _change(line: Line) -> str:
    pairing = line.model.change(line.arm)
    if pairing is None:
        return ""
    return _estimated(lambda: estimated_change(pairing, line.number), line.digits, "+")


def _turned(line: Line) -> str:
    """Return of how many samples the number rose and fell: of a share, the flips each way."""
    pairing = line.model.change(line.arm)
    if pairing is None:
        return ""
    of = number_of(line.number)
    both = [(of(before), of(after)) for before, after in pairing.pairs]
    known = [(before, after) for before, after in both if before is not None and after is not None]
    return f"{sum(one < other for one, other in known)}, {sum(one > other for one, other in known)}"


def _broken(line: Line) -> str:
    found = broken_answers(line.arm) if line.number != GOLD else None
    return f"{len(found.broken)} of {found.ran}" if found else ""


def _agrees(line: Line) -> str:
    return agreement_text(label_agreement(line.arm, line.number)) if line.labelled else ""


def _estimated(of: Callable[[], Estimate], digits: int, sign: str) -> str:
    try:
        found = of()
    except DataError:  # all samples are of one cluster
        return ""
    if found.value is None:
        return ""
    low, high = (number_text(end, digits, sign) for end in found.interval)
    return f"{number_text(found.value, digits, sign)} [{low}, {high}]"


_COLUMNS: Mapping[str, Callable[[Line], str]] = {
    "model": lambda line: printable(line.model.name, SHORT),
    "arm": lambda line: printable(line.arm.name, SHORT),
    "n": _count,
    "mean [95 %]": _mean,
    "change [95 %]": _change,
    "rose, fell": _turned,
    "broken": _broken,
    "agrees with labels": _agrees,
}
