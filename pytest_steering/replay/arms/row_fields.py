"""Where a row of recorded answers keeps its arm, its answers and the labels they go with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_steering.errors import DataError

ARM, RESPONSE = "arm", "response"
ANY = ""
"""Stands for whichever arm a row is of."""


@dataclass(frozen=True)
class RowFields:
    """Which fields of a row say what.

    Attributes:
        arm: Of the arm's name; where it is empty, `arm`, and rows without it are all of one arm.
        answers: Of the answer, by arm: under no name, of the arm that the row is of (a long table); under
            names, each of an arm of its own (a wide one).
        gold: Of the label that a score is compared with, in the same form; nothing without labels.
        choices: Whether rows are of choices: see `choice_in`.
    """

    arm: str = ""
    answers: Mapping[str, str] = field(default_factory=lambda: {ANY: RESPONSE})
    gold: Mapping[str, str] = field(default_factory=dict)
    choices: bool = False

    def __post_init__(self) -> None:
        for said in (self.answers, self.gold):
            if ANY in said and len(said) > 1:
                raise DataError(
                    f"the field {said[ANY]!r} has no arm, beside others that have; name the arm of each, or "
                    "give one field alone"
                )
        if self.wide and (self.arm or self.choices or not set(self.gold) <= {*self.answers}):
            raise DataError(
                f"rows with an answer of each of {', '.join(self.answers)} have their labels by these arms "
                "too, no field that says the arm, and no choices"
            )

    @property
    def wide(self) -> bool:
        """Whether a row holds the answers of several arms."""
        return ANY not in self.answers


def by_arm(given: Sequence[str]) -> dict[str, str]:
    """Return fields by arm.

    Args:
        given: `FIELD`, or `ARM=FIELD` each.

    Raises:
        DataError: One of them names no field, or an arm stands twice.
    """
    found: dict[str, str] = {}
    for text in given:
        arm, named, field_name = text.partition("=")
        arm, field_name = (arm, field_name) if named else (ANY, arm)
        if not field_name or (named and not arm) or arm in found:
            raise DataError(f"{', '.join(given)}: expected a field, or ARM=FIELD once for each arm")
        found[arm] = field_name
    return found
