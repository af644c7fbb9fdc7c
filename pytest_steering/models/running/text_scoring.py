"""Log-probabilities of the tokens of given texts, each after a prompt of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.proving.padded_lengths import padded_lengths
from pytest_steering.models.running.batching import pad_left
from pytest_steering.models.running.budget import Job, RowBudget, halved
from pytest_steering.models.running.overflow import logger, overflow_of
from pytest_steering.progress.progress import counted

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.steering.joint import AnyIntervention

MOST_LOGITS = 2**26
"""Logits of one forward pass, 256 MB of them: a whole text needs those of every column, not of one."""


class ScoredText(NamedTuple):
    """How likely a text's tokens are, each after those before it.

    Attributes:
        logprobs: Of each: [tokens], float32 on the CPU, natural logarithms; no numbers where the model
            overflows.
        likeliest: Whether no token was likelier at its place: [tokens], truth values on the CPU.
    """

    logprobs: Tensor
    likeliest: Tensor


def score_texts(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    texts: Sequence[Sequence[int]],
    batch_rows: int,
    intervention: AnyIntervention | None = None,
) -> list[ScoredText]:
    """Return how likely each token of each text is.

    Where the model overflows there are no numbers, and a warning names the text.

    Args:
        loaded: The model.
        engine: Runs it.
        prompts: Token ids, without pads.
        texts: Token ids of what follows each prompt; one without any is not run.
        batch_rows: At most this many rows in one forward pass over the longest; see `RowBudget`.
        intervention: None is the unsteered model. The texts' tokens count as generated.
    """
    scoring = _Scoring(loaded, engine, prompts, texts, intervention, [_unscored(0) for _ in texts])
    lengths = [len(prompt) + len(text) for prompt, text in zip(prompts, texts, strict=True)]
    waiting = sorted((i for i, text in enumerate(texts) if text), key=lambda i: -lengths[i])
    budget = RowBudget(batch_rows, max(lengths), padded_lengths(loaded, engine))
    with counted(len(waiting)) as advance:
        while waiting:
            rows = max(1, min(budget.texts_of(lengths[waiting[0]]), scoring.most_rows))
            members, waiting = waiting[:rows], waiting[rows:]
            budget.finish(_Batch(scoring, tuple(members)))
            advance(len(members))
    return scoring.scores


@dataclass(frozen=True)
class _Scoring:
    """What is scored, and where the scores are kept."""

    loaded: LoadedModel
    engine: Engine
    prompts: Sequence[Sequence[int]]
    texts: Sequence[Sequence[int]]
    intervention: AnyIntervention | None
    scores: list[ScoredText]

    @property
    def most_rows(self) -> int:
        """How many rows have no more logits than `MOST_LOGITS`."""
        vocabulary = int(self.loaded.module.get_input_embeddings().num_embeddings)
        return MOST_LOGITS // (vocabulary * (1 + max(map(len, self.texts))))


@dataclass(frozen=True)
class _Batch:
    """Some of the texts, read in one pass."""

    scoring: _Scoring
    members: tuple[int, ...]

    def run(self) -> None:
        """See `Job.run`."""
        of = self.scoring
        rows = [[*of.prompts[i], *of.texts[i]] for i in self.members]
        batch = pad_left(rows, of.loaded.pad_id, of.loaded.device, [len(of.prompts[i]) for i in self.members])
        session = EditSession(batch, [of.intervention] * len(rows))
        logits = of.engine.logits(batch, session, 1 + max(len(of.texts[i]) for i in self.members))
        session.trace.verify(batch.columns)
        for row, i in enumerate(self.members):
            of.scores[i] = _scored(logits[row], of.texts[i])

    def set_aside(self) -> None:
        """See `Job.set_aside`; a text that overflows has no numbers for its tokens."""
        of, (one,) = self.scoring, self.members
        prompt, text = of.prompts[one], of.texts[one]
        found = overflow_of(of.loaded, of.engine, [*prompt, *text], len(prompt), of.intervention, self.run)
        if found is not None:
            of.scores[one] = _unscored(len(text))
            logger.warning("text %d has no log-probabilities: %s", one, found)

    def halves(self) -> Sequence[Job]:
        """See `Job.halves`."""
        return [replace(self, members=half) for half in halved(self.members)]


def _scored(logits: Tensor, text: Sequence[int]) -> ScoredText:
    """Return how likely the tokens are that a row ends with: [columns, vocabulary] to [tokens]."""
    import torch

    foretelling = logits[-len(text) - 1 : -1].float()
    own = foretelling[torch.arange(len(text)), torch.tensor(text)]
    return ScoredText((own - foretelling.logsumexp(-1)).cpu(), (own == foretelling.amax(-1)).cpu())


def _unscored(count: int) -> ScoredText:
    import torch

    return ScoredText(torch.full((count,), torch.nan), torch.zeros(count, dtype=torch.bool))
