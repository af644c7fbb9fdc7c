"""Did the intervention reach any token: by its condition, its positions, its schedule, its bounds?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_steering.comparison import Comparison
from pytest_steering.findings.finding import Finding, finding


def condition(run: Comparison) -> Iterator[Finding]:
    """Report at how many samples or tokens a condition held; at none, nothing was steered by it."""
    counts = run.steered.record.counts
    for number, when in conditions(run).items():
        held, decided = counts.get(f"held{number}", 0), counts.get(f"decided{number}", 0)
        if decided:
            said = f"the condition{_of_part(number)} held at {held} of {decided} "
            said += "tokens" if when.endswith("at each token") else "answers"
            yield finding("condition-held" if held else "condition-never", said, held=held, decided=decided)


def unwatched(run: Comparison) -> Iterator[Finding]:
    """Report layers at which the watched prompts had no token to steer, though others may have had one."""
    layers = may_be_reached_elsewhere(run)
    ended = run.evidence.get("failed") or conditions(run)
    if layers and not ended and moves(run):
        yield finding(
            "steering-unwatched",
            f"at layers {', '.join(layers)} no token of the prompts that were watched was to be steered",
            layers=layers,
        )


def may_be_reached_elsewhere(run: Comparison) -> list[str]:
    """Return the layers without a token to steer in what was watched, where others may have had one.

    A condition is counted over the whole run. Of positions, schedules and bounds the answers tell: where
    nothing was to be steered at any layer and no answer is another one, none had.
    """
    layers = _layers(run)
    unasked = [name for name, seen in layers.items() if not seen["asked"]]
    nowhere = len(unasked) == len(layers) and not run.pairing().reworded
    return [] if nowhere and not conditions(run) else unasked


def conditions(run: Comparison) -> dict[str, str]:
    """Return the steered arm's conditions, as a person wrote them, by how counts name them.

    That of the second of several parts is `:2`, that of an intervention without parts has an empty name.
    """
    steered = run.steered.record.spec.get("intervention") or {}
    parts = {f":{number}": part for number, part in enumerate(steered.get("parts") or (), 1)}
    found = {number: part.get("when") for number, part in (parts or {"": steered}).items()}
    return {number: str(when) for number, when in found.items() if when}


def _of_part(number: str) -> str:
    return f" of part {number[1:]}" if number else ""


def moves(run: Comparison) -> bool:
    """Tell whether anything was to be changed at all."""
    return any(seen["asked_norm"] > 0 for seen in _layers(run).values())


def _layers(run: Comparison) -> Mapping[str, Mapping[str, Any]]:
    return (run.evidence.get("written") or {}).get("layers") or {}


CHECKS = (condition, unwatched)
