"""What a field says of a weakness: its name says what is asked, its value answers."""

from __future__ import annotations

import re

from pytest_steering.tasks.security.answers.levels import level_of
from pytest_steering.tasks.security.answers.structured.field_groups import Field
from pytest_steering.tasks.security.answers.structured.field_sense import Sense
from pytest_steering.tasks.security.answers.values import labelled_value_at

_OPEN = {
    "", "null", "none", "~", "n/a", "na", "unknown", "unclear", "undetermined", "undecided", "inconclusive",
    "maybe", "possibly", "perhaps", "depends", "unsure", "uncertain", "potential", "potentially", "partial",
    "partially",
}  # fmt: skip
_NOTHING = {"none", "no", "0", "nothing"}
_NUMBERS = {"1": 1, "0": -1}
_LEAD = re.compile(r"^[^\w\[\]{}<>~]+")
_ALL_OF_VALUE = re.compile(r"\s*(?:$|(?!,? ?(?:or |and )?(?:yes|no|true|false)\W*$)[.,;:!(\u2014-])")


def said_by(field: Field, sense: Sense, yes: int) -> int | None:
    """Return +1 or -1 where a field says that the weakness is there or not, 0 where it leaves that open.

    Args:
        field: The field.
        sense: What its name asks.
        yes: What "yes" to the question says, +1 or -1.

    Returns:
        None where the field says nothing of it.
    """
    value = _LEAD.sub("", field.value).replace("_", " ").strip(" \n\"'`*.")
    if sense.kind == "level":
        return level_of(value)
    if value == "[]" or (value in _NOTHING and (sense.kind == "list" or sense.keys)):
        return -1 if sense.lists else None
    if sense.kind == "sign" and value in _NUMBERS:
        return sense.sign * _NUMBERS[value]
    if sense.kind in ("answer", "sign", "list") and value in _OPEN:
        return 0
    if sense.kind != "answer" and not sense.sign:
        return None
    return _sign(value, yes if sense.kind == "answer" else sense.sign)


def _sign(value: str, yes: int) -> int | None:
    found = labelled_value_at(value, 0)
    if found is None or _ALL_OF_VALUE.match(value, found.end) is None:
        return None
    return {"there": 1, "absent": -1, "yes": yes, "no": -yes}[found.word]
