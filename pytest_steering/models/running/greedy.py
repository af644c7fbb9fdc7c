"""Rows that share nothing, generated greedily by transformers' own loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import PromptError
from pytest_steering.models.engine.base import RowEngine
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.row_answers import TIE_MARGIN, NearTie, Written, until_end
from pytest_steering.models.running.batching import pad_left
from pytest_steering.models.running.plain_generation import generate_plainly

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.models.running.completion import Arms, Counts
    from pytest_steering.models.running.sampling import Dice

Decided = Callable[[int, Sequence[int]], bool]
"""Whether a row's answer, by its tokens so far, needs no further ones."""


def generate_rows(
    loaded: LoadedModel,
    engine: Engine,
    texts: Sequence[Sequence[int]],
    rows: Arms,
    *,
    max_new_tokens: int,
    decided: Decided | None,
    counts: Counts,
    dice: Dice | None = None,
) -> Written:
    """Generate for rows of which each reads its whole prompt.

    Args:
        loaded: The model.
        engine: Writes the interventions.
        texts: The prompt of each row.
        rows: The intervention of each row.
        max_new_tokens: At most this many for each answer.
        decided: Ends an answer early.
        counts: Added to.
        dice: Draw the tokens; None takes the likeliest.
    """
    batch = pad_left(texts, loaded.pad_id, loaded.device)
    session, watch = EditSession(batch, rows, loaded.stop_ids), LogitsWatch(dice)
    if isinstance(engine, RowEngine):
        _refuse_dice(engine, dice)
        written = engine.write(batch, session, max_new_tokens, decided)
        counts.note(session.trace, sum(batch.prompt_lengths))
        return written
    further: dict[str, Any] = {"logits_processor": [watch]}
    if decided is not None:
        further["stopping_criteria"] = [_AllDecided(decided, loaded.stop_ids, batch.columns)]
    ids = generate_plainly(loaded, engine, batch, session, max_new_tokens, loaded.stop_ids, **further)
    session.trace.verify(int(ids.shape[1]) - 1)
    new = ids[:, batch.columns :].tolist()
    answers = [until_end(row, answer, loaded.stop_ids, decided) for row, answer in enumerate(new)]
    counts.note(session.trace, sum(batch.prompt_lengths))
    return Written(answers, watch.first, watch.ties(answers))


def _refuse_dice(engine: Engine, dice: Dice | None) -> None:
    """Raise PromptError where an engine that decodes by itself is to draw: it takes the likeliest tokens."""
    if dice is not None:
        raise PromptError(
            f"the {engine.name} engine takes the likeliest tokens; to draw, use the hooks engine"
        )


class _AllDecided:
    """Ends a batch once each of its answers is decided or has ended."""

    def __init__(self, decided: Decided, stop_ids: frozenset[int], columns: int) -> None:
        self._decided, self._stop_ids, self._columns = decided, stop_ids, columns
        self._over: set[int] = set()

    def __call__(self, ids: Tensor, _scores: Tensor, **_options: Any) -> Tensor:
        import torch

        for row, answer in enumerate(ids[:, self._columns :].tolist()):
            if row not in self._over and (answer[-1] in self._stop_ids or self._decided(row, answer)):
                self._over.add(row)
        over = len(self._over) == ids.shape[0]
        return torch.full((ids.shape[0],), over, device=ids.device)


class LogitsWatch:
    """Stands among the logits processors, and keeps the first logits and each step's gap.

    It changes nothing, unless tokens are drawn: then the gap is that of the scores with their noise.
    """

    def __init__(self, dice: Dice | None = None) -> None:
        """Take what draws the tokens, if anything does."""
        self._dice = dice
        self._first: Tensor | None = None
        self._gaps: list[Tensor] = []
        self._seconds: list[Tensor] = []

    def __call__(self, _ids: Tensor, scores: Tensor) -> Tensor:
        """Return the scores as they are, or with their noise."""
        if self._first is None:
            self._first = scores.float().log_softmax(-1)
        if self._dice is not None:
            scores = self._dice(scores, range(scores.shape[0]))
        gap, second = lead(scores)
        self._gaps.append(gap)
        self._seconds.append(second)
        return scores

    @property
    def first(self) -> Tensor:
        """Log-probabilities of the first token: [rows, vocabulary]."""
        assert self._first is not None
        return self._first

    def ties(self, answers: Sequence[Sequence[int]]) -> list[NearTie | None]:
        """Return each row's first near-tie within its answer."""
        import torch

        close = (torch.stack(self._gaps, dim=1) < TIE_MARGIN).tolist()
        seconds = torch.stack(self._seconds, dim=1).tolist()
        steps = [
            next((step for step, tie in enumerate(flags[: len(answer)]) if tie), None)
            for flags, answer in zip(close, answers, strict=True)
        ]
        return [
            None if step is None else NearTie(step, row[step])
            for step, row in zip(steps, seconds, strict=True)
        ]


def lead(scores: Tensor) -> tuple[Tensor, Tensor]:
    """Return by how much each row's best logit leads its second, and which token that is: [rows] each."""
    best = scores.topk(2, dim=-1)
    return best.values[:, 0] - best.values[:, 1], best.indices[:, 1]
