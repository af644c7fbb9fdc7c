"""A number that an answer gets: its name, which way is better, and what became of it on a batch."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from pytest_steering.errors import DataError
from pytest_steering.limit import Limit
from pytest_steering.progress.progress import followed
from pytest_steering.tasks.asked import Span
from pytest_steering.tasks.scores.watched_call import WatchedCalls

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

ScoreFunction: TypeAlias = Callable[[str, str], "float | None"]
"""From a prompt and what was written after it to a number; None where the answer cannot be scored."""

Better: TypeAlias = Literal["higher", "lower", "neither"]
Written: TypeAlias = "tuple[str, str]"
"""A prompt, and what was written after it."""


class Scored(NamedTuple):
    """What a score made of one answer.

    Attributes:
        value: The number; None where the answer cannot be scored.
        fault: Why the score failed on it, as a sentence; empty where it did not.
    """

    value: float | None
    fault: str = ""


@dataclass(frozen=True)
class Score(ABC):
    """A number that every answer of a task gets.

    Attributes:
        name: Key in records and expectations: letters, digits and underscores.
        better: Which way is better; `neither` where that depends.
        bounds: Its least and largest value; None where there is none.
        unit: Such as `share` or `words`.
        meaning: What it is, for tables and docs.
        limit: What it allows where it stands as a guard; None where it allows anything.
    """

    name: str
    better: Better = "neither"
    bounds: tuple[float | None, float | None] = (None, None)
    unit: str = ""
    meaning: str = ""
    limit: Limit | None = None

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise DataError(f"a score is named {self.name!r}; expected letters, digits and underscores")

    @abstractmethod
    def of_all(self, written: Sequence[Written], model: SteerableModel | None = None) -> list[Scored]:
        """Return what each answer gets, in their order; a failure is that answer's alone.

        Args:
            written: Prompts with what was written after them.
            model: The model that wrote, for scores that ask it unsteered; None where there is none at hand.
        """

    def spans(self, text: str) -> Sequence[Span]:
        """Return where the words stand in an answer that its number counts; nothing where it cannot tell.

        Args:
            text: An answer that has a number other than 0.
        """
        del text
        return ()

    def within_bounds(self, value: float | None, fault: str = "") -> Scored:
        """Return what a function gave; a number that the score cannot have is a fault."""
        least, most = self.bounds
        low = least is not None and value is not None and value < least
        high = most is not None and value is not None and value > most
        if not (low or high):
            return Scored(value, fault)
        return Scored(None, f"returned {value:g}; the bounds of {self.name!r} are {_shown(least, most)}")

    def as_dict(self) -> dict[str, Any]:
        """Return what a record says of the score."""
        limit = None if self.limit is None else self.limit.as_dict()
        return {
            "better": self.better,
            "bounds": list(self.bounds),
            "unit": self.unit,
            "meaning": self.meaning,
            "limit": limit,
        }


@dataclass(frozen=True)
class FunctionScore(Score):
    """A score by a function of prompt and answer, which is called in a thread beside.

    Attributes:
        of: From a prompt and what was written after it to a number, or None.
        seconds: How long it may take for one answer.
    """

    of: ScoreFunction = lambda _prompt, _text: None
    seconds: float = 30.0

    def of_all(self, written: Sequence[Written], model: SteerableModel | None = None) -> list[Scored]:
        """Return what the function gives each answer; one that it fails on is named, and the others go on."""
        del model
        calls = WatchedCalls(self.of, self.seconds)
        return [self.within_bounds(*calls(prompt, text)) for prompt, text in followed(written, "answer")]


def as_score(score: Score | ScoreFunction, name: str = "") -> Score:
    """Return a score of the package as it is, and a function as a score of its name.

    Args:
        score: Either of the two.
        name: For a function; its own where it is empty.

    Raises:
        DataError: It is neither, does not take two arguments, or has no name that can be a key.
    """
    if isinstance(score, Score):
        return score
    if not callable(score):
        named = "; one of the package is made by its function, as scores.sentiment()"
        raise DataError(
            f"{score!r} is no score; expected a function (prompt, text) -> number or None"
            f"{named if isinstance(score, str) else ''}"
        )
    _require_two_arguments(score)
    own = name or getattr(score, "__name__", type(score).__name__)
    if not own.isidentifier():
        raise DataError(f"a score function without a name of its own ({own}); write it with def, not lambda")
    return FunctionScore(own, of=score, meaning=(score.__doc__ or "").strip().partition("\n")[0])


def as_guard(score: object) -> Score:
    """Return a score that says whether an answer is still text.

    Args:
        score: With a limit.

    Raises:
        DataError: It is no score, or one without a limit.
    """
    if not isinstance(score, Score) or score.limit is None:
        what = f"the score {score.name!r} has none" if isinstance(score, Score) else f"found {score!r}"
        raise DataError(
            f"a guard is a score with a limit, and {what}; give it one: replace(score, limit=Limit(…))"
        )
    return score


def joined_faults(scores: Sequence[Score], row: Sequence[Scored]) -> str:
    """Return why some of several scores failed on one answer, as a sentence; empty where none did.

    Args:
        scores: In the order of their results.
        row: What each made of the answer.
    """
    return "; ".join(f"{of.name}: {one.fault}" for of, one in zip(scores, row, strict=True) if one.fault)


def _require_two_arguments(function: ScoreFunction) -> None:
    try:
        takes = inspect.signature(function)
    except (TypeError, ValueError):  # one written in C may not say what it takes
        return
    try:
        takes.bind("prompt", "text")
    except TypeError:
        raise DataError(f"a score function takes (prompt, text); {function!r} takes {takes}") from None


def _shown(least: float | None, most: float | None) -> str:
    low, high = ("none" if one is None else f"{one:g}" for one in (least, most))
    return f"{low} to {high}"
