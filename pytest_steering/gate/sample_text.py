"""The samples behind a regression: what turned, what fell furthest, what cannot be scored any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.comparison.mean_text import digits_of, number_text
from pytest_steering.comparison.outcomes import right
from pytest_steering.comparison.pairing import Pair
from pytest_steering.gate.baseline_pairing import SCORED, BaselinePairing
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.near_ties import at_near_tie
from pytest_steering.printable import printable
from pytest_steering.records import Outcome

SHOWN = 5
PROMPT_TAIL = 160


def sample_lines(pairing: BaselinePairing, of: str, prompts: FlippedPrompts) -> Iterator[str]:
    """Yield the gravest samples, each with its prompt and both answers.

    Args:
        pairing: The cell's samples beside the baseline's.
        of: Which number of the cell got worse.
        prompts: As far as they are at hand.
    """
    guard = pairing.guards.get(of)
    if guard is not None:
        yield from _listed(pairing, guard.pairs, prompts, "got worse")
    elif of == SCORED:
        yield from _listed(pairing, pairing.lost, prompts, "lost their score")
    elif pairing.gated.mean:
        yield from _listed(pairing, pairing.fallen, prompts, "changed")
    else:
        flips = sorted(pairing.flips, key=_gravity)
        yield from _listed(pairing, flips, prompts, "flipped")
        tied = [printable(now.id, 40) for before, now in flips if at_near_tie(before, now)]
        if tied:
            yield f"  near-ties of logits, not counted: {', '.join(tied[:SHOWN])}"


def _listed(
    pairing: BaselinePairing, pairs: Sequence[Pair], prompts: FlippedPrompts, did: str
) -> Iterator[str]:
    for before, now in pairs[:SHOWN]:
        yield f"  {_headed(pairing, before, now)}"
        if now.id in prompts.texts:
            yield f"    prompt … {printable(prompts.texts[now.id][-PROMPT_TAIL:], PROMPT_TAIL)}"
        yield f"    before{_answer(pairing, before)}: {printable(before.response, 80)}"
        yield f"    now   {_answer(pairing, now)}: {printable(now.response, 80)}"
    if len(pairs) > SHOWN:
        yield f"  and {len(pairs) - SHOWN} more {did}"
    if pairs and prompts.missing:
        yield f"  prompts are not shown: {printable(prompts.missing, 300)}"


def _headed(pairing: BaselinePairing, before: Outcome, now: Outcome) -> str:
    name, gated = printable(now.id, 60), pairing.gated
    if not gated.mean:
        return f"{_kind(before, now)} {name}"
    fault = now.faults.get(gated.name, "")
    return f"{gated.name} of {name}" + (f", which {printable(fault, 200)}" if fault else "")


def _answer(pairing: BaselinePairing, outcome: Outcome) -> str:
    """Return what is known of an answer beside its text."""
    if not pairing.gated.mean:
        return f" {outcome.predicted}"
    number = pairing.gated.number(outcome)
    digits = digits_of(pairing.numbers.before)
    return " none" if number is None else f" {number_text(number, digits)}"


def _gravity(flip: Pair) -> tuple[bool, bool, str]:
    """Return what sorts flips: those that count first, then those that broke."""
    before, now = flip
    return at_near_tie(before, now), not right(before), now.id


def _kind(before: Outcome, now: Outcome) -> str:
    turned = "broke" if right(before) else "fixed"
    return f"{turned} at a near-tie" if at_near_tie(before, now) else turned
