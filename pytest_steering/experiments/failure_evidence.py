"""What an expectation that failed shows beside its sentence: arms, controls, the samples that tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from pytest_steering.comparison import STEERED, UNSTEERED, Arm, Comparison, estimated_change
from pytest_steering.comparison.metrics import number_of
from pytest_steering.comparison.metrics.sample_numbers import NumberOf
from pytest_steering.comparison.outcomes import labelled, right
from pytest_steering.comparison.pairing import Pair
from pytest_steering.errors import DataError
from pytest_steering.findings import examine
from pytest_steering.printable import excerpt, printable

SAMPLES = 3
CONTROLS = 8
TEXT = 100
"""Characters of a prompt or an answer."""


@dataclass(frozen=True)
class Evidence:
    """What an expectation is about, as far as its failure shows it.

    Attributes:
        run: Where it was measured.
        metric: Name of the number.
        arm: Whose.
        against: What that arm is compared with.
        toward: 1 where the number is to be high, -1 where it is to be low, 0 where it is to stay.
        prompts: Of the samples, by their ids, as far as they are at hand.
    """

    run: Comparison
    metric: str
    arm: str
    against: str
    toward: int
    prompts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def lines(self) -> list[str]:
        """Indented lines, each safe to print."""
        return [
            f"  {line}" for line in (*self._arms(), *self._controls(), *self._findings(), *self._samples())
        ]

    def _arms(self) -> Iterator[str]:
        shown = [
            f"{name} {_number(_value(self.run[name], self.metric))}" for name in (self.against, self.arm)
        ]
        yield f"{self._name}: {', '.join(dict.fromkeys(shown))}"

    def _controls(self) -> Iterator[str]:
        """Yield how far each control moved the number from the unsteered one."""
        others = [arm for arm in self.run.controls if arm.name not in (self.arm, self.against)]
        moved = [f"{printable(arm.name, 24)} {change}" for arm in others if (change := self._change(arm))]
        rest = [f"{len(moved) - CONTROLS} more"] if len(moved) > CONTROLS else []
        if moved:
            yield f"controls, against unsteered: {', '.join([*moved[:CONTROLS], *rest])}"

    def _change(self, arm: Arm) -> str:
        with suppress(DataError):
            found = estimated_change(self.run.pairing(arm.name, UNSTEERED), self.metric)
            return "" if found.value is None else f"{found.value:+.3g}"
        return ""

    def _findings(self) -> Iterator[str]:
        about = self.arm if self.arm in (STEERED, UNSTEERED) else STEERED
        limiting = (
            [one.id for one in examine(self.run) if one.severity == "limits"] if about == STEERED else []
        )
        if limiting:
            yield f"findings that limit it: {', '.join(dict.fromkeys(limiting))}"

    def _samples(self) -> Iterator[str]:
        """Yield the samples that speak most against it; of what is to stay, those that moved furthest."""
        pairs = self.run.pairing(self.arm, self._beside).pairs
        name, number = self._of_sample(pairs)
        known = [pair for pair in pairs if None not in map(number, pair)]
        telling = sorted(known, key=lambda pair: self._weight(pair, number))[:SAMPLES]
        if telling:
            yield f"the {len(telling)} of {len(pairs)} samples that tell most against it:"
        for pair in telling:
            yield from self._shown(pair, name, number)

    @property
    def _beside(self) -> str:
        return UNSTEERED if self.arm == self.against and UNSTEERED in self.run else self.against

    def _weight(self, pair: Pair, number: NumberOf) -> tuple[float, float, str]:
        before, after = (number(one) or 0.0 for one in pair)
        if not self.toward:
            return -abs(after - before), 0.0, pair[1].id
        # Of those that moved alike, the one that stands furthest from where it was to be tells more.
        moved = 0.0 if self.arm == self.against else after - before
        return moved * self.toward, after * self.toward, pair[1].id

    def _of_sample(self, pairs: Sequence[Pair]) -> tuple[str, NumberOf]:
        """Return the number of a single sample that comes nearest to the metric, and its name."""
        with suppress(DataError):
            number = number_of(self.metric)
            if any(number(after) is not None for _, after in pairs):
                return self._name, number
        if any(labelled(after) for _, after in pairs):
            return "right", lambda outcome: float(right(outcome))
        return "margin", number_of("margin")

    def _shown(self, pair: Pair, name: str, number: NumberOf) -> Iterator[str]:
        before, after = pair
        yield f"  {printable(after.id, 60)}: {', '.join(self._moved(pair, name, number))}"
        arms = {self._beside: before.response, self.arm: after.response}
        texts = {"prompt": self.prompts.get(after.id, ""), **arms}
        wide = max(map(len, texts))
        yield from (
            f"    {place:{wide}}  {excerpt(text, TEXT) or '–'}" for place, text in texts.items() if text
        )

    def _moved(self, pair: Pair, name: str, number: NumberOf) -> Iterator[str]:
        """Yield the number in both arms, and the margins behind a verdict."""
        numbers = {name: number, "margin": number_of("margin")}
        for title, of in numbers.items():
            before, after = map(of, pair)
            if title == name or None not in (before, after):
                yield f"{title} {_number(before)} → {_number(after)}"

    @property
    def _name(self) -> str:
        return printable(self.metric, 40)


def _value(arm: Arm, metric: str) -> float | None:
    with suppress(DataError):
        return arm[metric]
    return None


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g}"
