"""Several scores on the answers of one arm: what fails is that score's on that answer, and moves no other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import CellTimeoutError, DataError
from pytest_steering.tasks.asked import Reading
from pytest_steering.tasks.scores.length_scores import words
from pytest_steering.tasks.scores.repetition_scores import repetition
from pytest_steering.tasks.scores.score import Score, Scored, Written
from pytest_steering.tasks.scores.surprisal import surprise
from pytest_steering.tasks.scores.watched_call import fault_of

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel


def usual_guards() -> tuple[Score, ...]:
    """Return the guards of a text task that names none: repetition, length, and surprise."""
    return repetition(), words(), surprise()


def score_answers(
    scores: Sequence[Score],
    prompts: Sequence[str],
    said: Sequence[str | None],
    model: SteerableModel | None,
) -> list[Reading]:
    """Return the readings of answers, in their order.

    Args:
        scores: Each gives every answer a number or a reason why not.
        prompts: What each answer answers.
        said: What is scored of each answer; None where there is nothing to score.
        model: The model that wrote; None where it is not at hand.

    Raises:
        DataError: A score returned another number of results than there are answers.
    """
    written = [(prompt, text) for prompt, text in zip(prompts, said, strict=True) if text is not None]
    columns = {one.name: iter(_of_all(one, written, model)) for one in scores}
    nothing = Reading(scores=dict.fromkeys(columns))
    return [
        nothing if text is None else _reading(scores, text, [next(one) for one in columns.values()])
        for text in said
    ]


def _of_all(score: Score, written: Sequence[Written], model: SteerableModel | None) -> list[Scored]:
    try:
        found = score.of_all(written, model)
    except CellTimeoutError:  # no answer to what was tried
        raise
    except Exception as error:  # whatever a score of somebody's own raises
        return [Scored(None, fault_of(error))] * len(written)
    if len(found) != len(written):
        raise DataError(
            f"the score {score.name!r} returned {len(found)} results for {len(written)} answers; one each "
            "was expected, so nobody can tell which is whose"
        )
    return found


def _reading(scores: Sequence[Score], text: str, row: Sequence[Scored]) -> Reading:
    named = list(zip(scores, row, strict=True))
    return Reading(
        scores={of.name: one.value for of, one in named},
        faults={of.name: one.fault for of, one in named if one.fault},
        spans={of.name: found for of, one in named if one.value and (found := of.spans(text))},
    )
