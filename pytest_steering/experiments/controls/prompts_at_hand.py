"""The prompts that nulls are made of, and their states, read once an experiment."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_steering.experiments.steps.vector_extraction import training_pairs
from pytest_steering.extraction.reading_places import place_again
from pytest_steering.extraction.states_at_hand import StatesAtHand
from pytest_steering.extraction.states_elsewhere import read_at

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.steering.vector import SteeringVector

PROMPTS = PAIRS = 64
"""More would change a covariance of few dimensions little."""


def scored_prompts(context: Context) -> list[str]:
    """Return some of the scored prompts, at even steps; what is right of them is not looked at."""
    with _quietly():
        return [one.prompt for one in context.some_scored(PROMPTS)]


def pairs_for(context: Context, vector: SteeringVector) -> list[ContrastPair]:
    """Return the pairs that a vector was made from, or some of the task's own where they are not known.

    Raises:
        DataError: They are not known, and the task has none.
    """
    return context.pairs_of(vector) or context.remembered("pairs", (PAIRS,), lambda: _own(context))


def states_of(context: Context, prompts: Sequence[str], layers: Sequence[int]) -> StatesAtHand:
    """Return the states of some prompts at some blocks, at the last token.

    Args:
        context: Its model is read.
        prompts: Texts.
        layers: Block numbers.
    """
    depends = (tuple(prompts), tuple(layers))  # in this order: batches decide on last digits
    return context.remembered("states", depends, lambda: StatesAtHand(context.model, prompts, layers))


def pair_states(
    context: Context, vector: SteeringVector, pairs: Sequence[ContrastPair], layers: Sequence[int]
) -> StatesAtHand:
    """Return the states of pairs at some blocks, at the tokens that a vector was read at.

    Args:
        context: Its model is read.
        vector: Says where.
        pairs: Of the vector, or in their place.
        layers: Block numbers.

    Raises:
        VectorError: Nobody knows where: a function chose, and the vector came from a file.
    """
    sides = tuple(pair.positive for pair in pairs), tuple(pair.negative for pair in pairs)
    depends = (sides, tuple(layers), vector.provenance.get("position"), vector.chooser)

    def read() -> StatesAtHand:
        place = place_again(vector, context.model, sides)
        prompts = [prompt for pair in pairs for prompt in (pair.positive, pair.negative)]
        return StatesAtHand(read_at(context.model, place), prompts, layers)

    return context.remembered("pair_states", depends, read)


def _own(context: Context) -> list[ContrastPair]:
    with _quietly():
        return training_pairs(context, PAIRS)


@contextmanager
def _quietly() -> Iterator[None]:
    """Say nothing of samples that are left out: a null needs some, and a run names those it skips."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
