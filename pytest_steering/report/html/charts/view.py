"""What the figures of an experiment are drawn from, and what every kind of figure can say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pytest_steering.comparison import STEERED, Arm, Comparison, Pairing
from pytest_steering.records import Record
from pytest_steering.report.cell_summary import Group
from pytest_steering.report.html.charts.figure import Figure


@dataclass(frozen=True)
class View:
    """An experiment on a model.

    Attributes:
        group: Its scored arms; of an experiment that only searched there are none.
        beside: Records of its searches and other measurements.
    """

    group: Group
    beside: tuple[Record, ...] = ()

    @cached_property
    def run(self) -> Comparison:
        """Its arms, by name; of records that go by the same name the last."""
        return Comparison({arm.name: arm for arm in self.group.arms})

    @property
    def arms(self) -> list[Arm]:
        """Its arms in the order of the table."""
        return list(self.run.arms.values())

    @property
    def sound(self) -> list[Arm]:
        """The arms whose numbers mean something."""
        return [arm for arm in self.arms if not arm.invalid]

    @property
    def about(self) -> str:
        """Name of the number that the experiment is about."""
        return self.run.main_metric

    @property
    def steered_pairs(self) -> Pairing | None:
        """The samples unsteered and steered; None where one is missing, or no effect may be told."""
        if STEERED not in self.run or self.run.steered.invalid:
            return None
        found = self.run.pairing()
        return found if found.pairs else None

    def measured(self, purpose: str) -> list[Record]:
        """Return the records of a measurement beside the scored arms."""
        return [one for one in self.beside if one.spec.get("purpose") == purpose and not one.failed]


class Chart(NamedTuple):
    """One kind of figure.

    Attributes:
        name: By which a page knows it.
        title: Its heading.
        lacking: What would make it appear, as a sentence; empty where it can be drawn.
        draw: Its figures: one, or one for each search or measurement.
    """

    name: str
    title: str
    lacking: Callable[[View], str]
    draw: Callable[[View], list[Figure]]
