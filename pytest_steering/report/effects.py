"""What steering did to the samples, and what is wrong with saying so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.comparison import STEERED, Arm, Pairing, estimated_change, what_moved
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.mean_change import MeanChange, mean_change
from pytest_steering.comparison.mean_text import change_text, digits_of, number_text
from pytest_steering.comparison.metrics import number_of
from pytest_steering.comparison.outcomes import choosing, labelled
from pytest_steering.findings import CATALOGUE
from pytest_steering.printable import printable
from pytest_steering.report.cell_summary import Group

NAMED = 5

_GRAVITY = ("invalid", "limits", "note")


def effect_texts(group: Group) -> Iterator[str]:
    """Yield what became of each steered cell: what moved, which samples flipped, and its findings.

    No effect is told of a cell that an `invalid` finding is about.

    Args:
        group: The arms of one experiment.
    """
    for arm in group.arms:
        if arm.name == STEERED and arm.facts.beside is not None and not arm.invalid:
            yield from _mean(arm)
            yield from _moved(arm.facts.beside)
            yield from _flipped(arm.facts.beside)
    yield from _findings(group.arms)


def _mean(arm: Arm) -> Iterator[str]:
    """Yield the change of the number that the run is about, where that is no accuracy."""
    if arm.main_metric == ACCURACY or arm.facts.beside is None:
        return
    found, name = estimated_change(arm.facts.beside, arm.main_metric), printable(arm.main_metric)
    if found.value is None:
        yield f"{name}: no change can be told: {found.why}"
        return
    shown = "no effect shown" if found.low <= 0.0 <= found.high else "moved"
    random = any(row.get("id") == "random-as-large" for row in arm.record.findings)
    beside = "; a random direction does as much" if random else ""
    change = mean_change(arm.facts.beside, number_of(arm.main_metric))
    yield f"{name} {shown}: {change_text(change)}, n = {found.samples}{_power(change)}{beside}"


def _power(change: MeanChange) -> str:
    """Return what so many samples can show."""
    least = change.detectable
    digits = digits_of((*change.before, *change.after))
    return f"; so many show a change of {number_text(least, digits)} or more" if least else ""


def _moved(pairing: Pairing) -> Iterator[str]:
    """Yield whether judgement or threshold moved; of choices all are of one class, the wanted one."""
    if any(outcome.margin is not None and not choosing(outcome) for outcome in pairing.after):
        found = what_moved(pairing)
        yield f"what moved: {found.label} ({found.why})"


def _flipped(pairing: Pairing) -> Iterator[str]:
    if any(map(labelled, pairing.after)):
        broken, fixed = ([before.id for before, _ in flips] for flips in (pairing.broken, pairing.fixed))
        yield f"steering broke {_named(broken)}; fixed {_named(fixed)}"


def _named(ids: Sequence[str]) -> str:
    rest = [f"{len(ids) - NAMED} more"] if len(ids) > NAMED else []
    names = ", ".join([*(printable(one, 40) for one in ids[:NAMED]), *rest])
    return f"{len(ids)} ({names})" if ids else "none"


def _findings(group: Sequence[Arm]) -> list[str]:
    """Return each finding once, the gravest first, with the arms it is about."""
    arms: dict[tuple[int, str], list[str]] = {}
    for arm in group:
        for row in arm.record.findings:
            severity = str(row.get("severity", "note"))
            rank = _GRAVITY.index(severity) if severity in _GRAVITY else len(_GRAVITY)
            advice = f". {row['advice']}" if severity == "invalid" and row.get("advice") else ""
            unknown = "" if row.get("id") in CATALOGUE else " (unknown here)"
            text = f"{row.get('id')}{unknown}: {row.get('sentence')}{advice}"
            arms.setdefault((rank, f"{severity} ({{}}): {text}"), []).append(arm.name)
    return [text.replace("{}", ", ".join(about), 1) for (_, text), about in sorted(arms.items())]
