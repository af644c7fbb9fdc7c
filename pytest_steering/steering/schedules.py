"""How strongly a token is steered, by how far the answer has come: all that differs from the full strength.

Step 0 is the last prompt token, which decides the first new token, and each token before it; step n is the
n-th generated token as it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pytest_steering.errors import VectorError, did_you_mean
from pytest_steering.steering.call_text import CallText, parse_call

Numbers = Mapping[str, float]


def _window(step: int, numbers: Numbers) -> float:
    return float(numbers.get("start", 0) <= step < numbers.get("stop", step + 1))


def _linear(step: int, numbers: Numbers) -> float:
    return max(0.0, 1.0 - step / numbers["tokens"])


def _exponential(step: int, numbers: Numbers) -> float:
    return float(numbers["rate"] ** step)


BY_STEP: Mapping[str, tuple[Callable[[int, Numbers], float], tuple[str, ...], tuple[str, ...]]] = {
    "window": (_window, (), ("start", "stop")),
    "linear": (_linear, ("tokens",), ()),
    "exponential": (_exponential, ("rate",), ()),
}
"""The share of the strength by step; the numbers that have to be given, and those that may be."""

BY_TOKEN: Mapping[str, tuple[float, float]] = {"until": (1.0, 0.0), "after": (0.0, 1.0)}
"""The share before a token was generated, and from it on."""


@dataclass(frozen=True)
class Schedule:
    """What part of its strength an intervention has at each token.

    Attributes:
        call: As it is written: `window(start=…, stop=…)`, `linear(tokens=…)`, `exponential(rate=…)`,
            `until(token=…)` or `after(token=…)`.
    """

    call: CallText

    @classmethod
    def parse(cls, text: str) -> Schedule:
        """Return the schedule that a text names.

        Raises:
            VectorError: It names none, or its numbers are not those of one.
        """
        call = parse_call(text, "schedule")
        needed, further = _numbers_of(call.name)
        given = set(call.numbers)
        if not set(needed) <= given <= {*needed, *further} or not given:
            takes = ", ".join(needed or further)
            raise VectorError(f"schedule {text!r} takes {takes}, as in {call.name}({takes.split(',')[0]}=5)")
        _require_sense(call)
        return cls(call)

    @property
    def reads_tokens(self) -> bool:
        """Whether it has to know which tokens were generated."""
        return self.call.name in BY_TOKEN

    def share(self, token: int, prompt_length: int, ids: Sequence[int] | None = None) -> float:
        """Return the share of the strength at a token, from 0 to 1.

        Args:
            token: Its number in the row, without pads.
            prompt_length: Number of prompt tokens in the row.
            ids: Token ids of the row up to this one; needed where it reads tokens.
        """
        if self.reads_tokens:
            before, on = BY_TOKEN[self.call.name]
            seen = self.call.numbers["token"] in list(ids or ())[prompt_length : token + 1]
            return on if seen else before
        by_step, *_ = BY_STEP[self.call.name]
        return by_step(max(0, token - prompt_length + 1), self.call.numbers)

    def __str__(self) -> str:
        return str(self.call)


def _numbers_of(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if name in BY_TOKEN:
        return ("token",), ()
    if name not in BY_STEP:
        every = (*BY_STEP, *BY_TOKEN)
        known = f"{did_you_mean(name, every)}known are {', '.join(every)}"
        raise VectorError(f"schedule {name!r} is not known; {known}")
    _, needed, further = BY_STEP[name]
    return needed, further


def _require_sense(call: CallText) -> None:
    numbers = call.numbers
    if numbers.get("tokens", 1) <= 0 or not 0 < numbers.get("rate", 1) <= 1:
        raise VectorError(f"schedule {str(call)!r} does not fall: tokens lie above 0, a rate from 0 to 1")
    if numbers.get("start", 0) >= numbers.get("stop", float("inf")):
        raise VectorError(f"schedule {str(call)!r} has no step within; stop is one past the last")
    whole = [
        name for name in ("token", "start", "stop") if numbers.get(name, 0) % 1 or numbers.get(name, 0) < 0
    ]
    if whole:
        raise VectorError(f"schedule {str(call)!r}: {whole[0]} is a whole number from 0 on")
