"""Prompts that begin or end in special tokens as no model was trained to read them."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from typing import NamedTuple

from pytest_steering.models.running.batching import listed


class SpecialEnds(NamedTuple):
    """Where prompts begin or end so, by their numbers.

    Attributes:
        doubled: Begin with a special token twice.
        stopped: End in a token that ends answers.
    """

    doubled: tuple[int, ...]
    stopped: tuple[int, ...]


def special_ends(
    ids: Sequence[Sequence[int]], special: Collection[int], stop: Collection[int]
) -> SpecialEnds:
    """Return which prompts begin with a special token twice, or end in one that ends answers.

    A prompt of one token is no such: some models begin a text with the token that ends it.

    Args:
        ids: Of the prompts.
        special: The tokenizer's special tokens.
        stop: The tokens that end an answer.
    """
    long = [(number, row) for number, row in enumerate(ids) if len(row) > 1]
    return SpecialEnds(
        tuple(number for number, row in long if row[0] == row[1] and row[0] in special),
        tuple(number for number, row in long if row[-1] in stop),
    )


def warn_of_special_ends(ends: SpecialEnds, count: int) -> None:
    """Warn of such prompts.

    Args:
        ends: Which they are.
        count: Of all prompts.
    """
    if ends.doubled:
        warnings.warn(
            f"{len(ends.doubled)} of {count} prompts begin with a special token twice, at "
            f"{listed(ends.doubled)}: the text holds what the tokenizer adds; leave it out, or give the "
            "messages or the token ids",
            stacklevel=3,
        )
    if ends.stopped:
        warnings.warn(
            f"{len(ends.stopped)} of {count} prompts end in a token that ends answers, at "
            f"{listed(ends.stopped)}: the model goes on after an end; leave it out, or let the chat template "
            "open an answer",
            stacklevel=3,
        )
