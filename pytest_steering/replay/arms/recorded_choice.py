"""What a row of a choice says: which option was wanted, which was chosen, and by what margin."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypedDict

from pytest_steering.replay.usable_rows import UnusableError, as_number, name_in, number_in
from pytest_steering.tasks.fields import shown
from pytest_steering.tasks.surface_forms import log_sum

WANTED, OTHER = "answer_matching_behavior", "answer_not_matching_behavior"
"""As Anthropic's evals and CAA name the two answers."""

MARKS = " \t\n()."
"""Stand around an option in published data: ` (A)`."""

UNNAMED = "the wanted option"


class ChoiceFields(TypedDict):
    """What an outcome holds of a choice."""

    predicted: str
    wanted: str
    chosen: str
    margin: float | None
    swapped_margin: float | None


def choice_in(row: Mapping[str, Any]) -> ChoiceFields:
    """Return what a row says of a choice.

    Args:
        row: `margin`, log p(wanted) − log p(all others) in nats; or `logprobs` by option, and `wanted` (or
            `answer_matching_behavior`); or `chosen` and `wanted`. Of several, `chosen` says what was chosen
            and `margin` by what margin. `swapped_margin` is that with the options the other way round.

    Raises:
        UnusableError: It says none of these, or something that cannot be.
    """
    wanted, chosen, margin = _wanted(row), _option(row, "chosen"), number_in(row, "margin")
    logprobs = _logprobs(row, wanted)
    if logprobs and margin is None:
        margin = _margin(logprobs, wanted)
    if margin is None and not (chosen and wanted):
        raise UnusableError(
            "no choice", "expected 'margin', or 'logprobs' by option and 'wanted', or 'chosen' and 'wanted'"
        )
    return ChoiceFields(
        predicted=_predicted(chosen, wanted, {*logprobs, _option(row, OTHER)}, margin),
        wanted=wanted or UNNAMED,
        chosen=chosen,
        margin=margin,
        swapped_margin=number_in(row, "swapped_margin"),
    )


def _wanted(row: Mapping[str, Any]) -> str:
    return _option(row, "wanted") or _option(row, WANTED)


def _option(row: Mapping[str, Any], field: str) -> str:
    return _bare(name_in(row, field))


def _bare(option: str) -> str:
    return option.strip(MARKS).casefold()


def _logprobs(row: Mapping[str, Any], wanted: str) -> dict[str, float]:
    said = row.get("logprobs")
    if said is None:
        return {}
    if not isinstance(said, Mapping) or len(said) < 2:
        raise UnusableError("no choice", f"field 'logprobs' is {shown(said)}, expected two options or more")
    found = {_bare(option): as_number(value, "logprobs") for option, value in said.items()}
    if wanted not in found or len(found) < len(said):
        raise UnusableError("no choice", f"wanted is {wanted!r}, which is not one of {', '.join(said)}")
    if max(found.values()) > 0.0:
        raise UnusableError(
            "no choice", "field 'logprobs' has a number above 0, which no logarithm of one is"
        )
    return found


def _margin(logprobs: Mapping[str, float], wanted: str) -> float:
    """Return log p(wanted) − log p(all others)."""
    margin = logprobs[wanted] - log_sum([value for option, value in logprobs.items() if option != wanted])
    if math.isnan(margin):
        raise UnusableError("no choice", "no option in 'logprobs' has a probability above 0")
    return margin


def _predicted(chosen: str, wanted: str, others: set[str], margin: float | None) -> str:
    """Return `yes` where the wanted option was chosen, `no` where another was, else `none`."""
    if chosen and wanted:
        known = {*others, wanted} - {""}
        return "yes" if chosen == wanted else "no" if chosen in known or known == {wanted} else "none"
    return "yes" if margin and margin > 0 else "no" if margin and margin < 0 else "none"
