"""The tokens that a server wrote, held against its own logits: no setting of its own decided one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pytest_steering.errors import InterventionError, NotFiniteError
from pytest_steering.models.engine.row_answers import TIE_MARGIN, NearTie


def require_greedy(
    answers: Sequence[Sequence[int]], leads: Sequence[Any], most: int, stop_ids: frozenset[int]
) -> None:
    """Hold each token against being the likeliest, and each answer against being as long as it may be.

    A model on a server keeps the generation config that it was published with, and `generate` takes from it
    whatever is left open.

    Args:
        answers: Each row's tokens, up to and with the one that ended it.
        leads: Of each step, the two best logits and their tokens: [rows, 2] each.
        most: Tokens that an answer may have.
        stop_ids: Tokens that end an answer.

    Raises:
        InterventionError: A token or an answer's end is another than asked for.
        NotFiniteError: The logits are none.
    """
    for row, answer in enumerate(answers):
        for step, token in enumerate(answer):
            values, tokens = (part[row].tolist() for part in leads[step][:2])
            if not math.isfinite(values[0]):
                raise NotFiniteError(f"the logits of row {row} at step {step} are no finite numbers")
            best = [one for one, value in zip(tokens, values, strict=True) if value == values[0]]
            if token not in best:
                raise InterventionError(
                    f"the server wrote token {token} at step {step} of row {row}, and {best[0]} was the "
                    "likeliest: the generation config that the model is served with changes answers"
                )
        if len(answer) < most and answer[-1] not in stop_ids:
            raise InterventionError(
                f"the server ended row {row} after {len(answer)} of {most} tokens, at a token that ends no "
                "answer here: the model is served with other end tokens"
            )


def near_ties(answers: Sequence[Sequence[int]], leads: Sequence[Any]) -> list[NearTie | None]:
    """Return each row's first step at which the two best logits lay within `TIE_MARGIN`."""
    gaps = [(values[:, 0] - values[:, 1]).tolist() for values, *_ in leads]
    return [
        next(
            (
                NearTie(step, int(leads[step][1][row, 1]))
                for step in range(len(answer))
                if gaps[step][row] < TIE_MARGIN
            ),
            None,
        )
        for row, answer in enumerate(answers)
    ]


def logprobs(answers: Sequence[Sequence[int]], leads: Sequence[Any]) -> list[list[float]]:
    """Return the log-probability of each token of the rows' answers, the likeliest ones."""
    found = [(values[:, 0] - total).tolist() for values, _tokens, total in leads]
    return [[found[step][row] for step in range(len(answer))] for row, answer in enumerate(answers)]
