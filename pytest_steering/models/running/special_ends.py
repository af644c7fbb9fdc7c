"""Prompts that begin or end in special tokens as no model was trained to read them."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence

from pytest_steering.models.running.batching import listed


def warn_of_special_ends(
    ids: Sequence[Sequence[int]], special: Collection[int], stop: Collection[int]
) -> None:
    """Warn of prompts that begin with a special token twice, or end in one that ends answers.

    A prompt of one token is no such: some models begin a text with the token that ends it.

    Args:
        ids: Of the prompts.
        special: The tokenizer's special tokens.
        stop: The tokens that end an answer.
    """
    long = [(number, row) for number, row in enumerate(ids) if len(row) > 1]
    twice = [number for number, row in long if row[0] == row[1] and row[0] in special]
    ended = [number for number, row in long if row[-1] in stop]
    if twice:
        warnings.warn(
            f"{len(twice)} of {len(ids)} prompts begin with a special token twice, at {listed(twice)}: the "
            "text holds what the tokenizer adds; leave it out, or give the messages or the token ids",
            stacklevel=3,
        )
    if ended:
        warnings.warn(
            f"{len(ended)} of {len(ids)} prompts end in a token that ends answers, at {listed(ended)}: the "
            "model goes on after an end; leave it out, or let the chat template open an answer",
            stacklevel=3,
        )
