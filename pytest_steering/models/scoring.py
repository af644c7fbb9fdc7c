"""Log-probabilities of given answers: one forward pass a batch, no decoding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.models.batching import TokenBatch, by_length, pad_left
from pytest_steering.models.engine.session import EditSession

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.models.generation import Arms

Row = tuple[int, int, int]
"""Arm, prompt and answer, by number."""


def score_choices(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    answers: Sequence[Sequence[int]],
    arms: Arms,
    batch_rows: int,
) -> list[Tensor]:
    """Return log p(answer | prompt) for every arm: [n, answers] each, float32 on the CPU.

    Answers of one token share one row a prompt; a longer one needs a row of its own.

    Args:
        loaded: The model.
        engine: Writes the interventions.
        prompts: Token ids, without pads.
        answers: Token ids of each answer.
        arms: Interventions; None is the unsteered model.
        batch_rows: At most this many rows in one forward pass.
    """
    import torch

    scores = [torch.empty(len(prompts), len(answers)) for _ in arms]
    leads = _leading_answers(answers)
    rows = [
        (arm, prompt, lead) for prompt in range(len(prompts)) for arm in range(len(arms)) for lead in leads
    ]
    lengths = [len(prompts[prompt]) + len(answers[lead]) for _, prompt, lead in rows]
    for members in by_length(lengths, batch_rows):
        chosen = [rows[member] for member in members]
        batch = _batch(loaded, prompts, answers, chosen)
        session = EditSession(batch, [arms[arm] for arm, _, _ in chosen])
        logits = engine.logits(batch, session, max(map(len, answers)))
        session.trace.verify(batch.columns)
        for number, (arm, prompt, lead) in enumerate(chosen):
            for answer in leads[lead]:
                total = _total(logits[number], len(answers[lead]), answers[answer])
                scores[arm][prompt, answer] = total
    return scores


def _leading_answers(answers: Sequence[Sequence[int]]) -> dict[int, list[int]]:
    """Group answers that one row can score: all of one token together, each longer one alone."""
    single = [number for number, answer in enumerate(answers) if len(answer) == 1]
    groups = {single[0]: single} if single else {}
    return groups | {number: [number] for number, answer in enumerate(answers) if len(answer) > 1}


def _batch(
    loaded: LoadedModel,
    prompts: Sequence[Sequence[int]],
    answers: Sequence[Sequence[int]],
    rows: Sequence[Row],
) -> TokenBatch:
    """The last token of an answer is predicted, never read."""
    texts = [[*prompts[prompt], *answers[answer][:-1]] for _, prompt, answer in rows]
    return pad_left(texts, loaded.pad_id, loaded.device, [len(prompts[prompt]) for _, prompt, _ in rows])


def _total(logits: Tensor, read: int, answer: Sequence[int]) -> float:
    """Sum the log-probabilities of an answer's tokens over the last `read` columns: [columns, vocabulary]."""
    tail = logits[-read:].float().log_softmax(-1)
    return float(sum(tail[step, token] for step, token in enumerate(answer)))
