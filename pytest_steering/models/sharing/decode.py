"""Greedy generation of rows that branch from shared prefixes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.models.engine.row_answers import TIE_MARGIN, NearTie, Written
from pytest_steering.models.running.batching import pad_left
from pytest_steering.models.running.greedy import Decided, lead
from pytest_steering.models.sharing.branch_session import BranchSession
from pytest_steering.models.sharing.branches import Branches
from pytest_steering.models.sharing.branching import make_branches

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.models.running.completion import Arms, Counts
    from pytest_steering.models.running.sampling import Dice
    from pytest_steering.models.sharing.prefix import Prefix


@dataclass(frozen=True)
class Rows:
    """The rows of one batch.

    Attributes:
        texts: Each row's whole text.
        prompt_lengths: How much of each text is prompt; the rest counts as generated.
        interventions: Each row's, or None.
    """

    texts: Sequence[Sequence[int]]
    prompt_lengths: Sequence[int]
    interventions: Arms


@dataclass(frozen=True)
class BranchRows(Rows):
    """Rows that branch from a prefix.

    Attributes:
        prefix: What they share.
        owners: For each row its prompt, a member of the prefix; ascending.
    """

    prefix: Prefix
    owners: Sequence[int]

    @property
    def shared(self) -> list[int]:
        """Tokens of each row that the prefix holds."""
        return [self.prefix.batch.prompt_lengths[member] for member in self.owners]

    @property
    def tails(self) -> dict[int, Sequence[int]]:
        """The tokens behind the prefix, by row."""
        pairs = zip(self.texts, self.shared, strict=True)
        return {row: text[shared:] for row, (text, shared) in enumerate(pairs)}


class Run:
    """The rows of one batch, run together."""

    def __init__(
        self,
        loaded: LoadedModel,
        engine: Engine,
        rows: Rows,
        branches: Branches,
        fed: Mapping[int, Sequence[int]],
        new_tokens: int,
    ) -> None:
        """Prepare.

        Args:
            loaded: The model.
            engine: That of hooks; the others run whole generations only.
            rows: The rows.
            branches: How they go on.
            fed: What each row reads first, the end of its text; what comes before is shared.
            new_tokens: At most this many will be generated for each row.
        """
        from pytest_steering.models.engine.hooks import HooksEngine

        assert isinstance(engine, HooksEngine)
        self._loaded, self._engine, self._new_tokens = loaded, engine, new_tokens
        self._branches, self._fed = branches, fed
        batch = pad_left(rows.texts, loaded.pad_id, loaded.device, rows.prompt_lengths)
        shared = [len(text) - len(fed[row]) for row, text in enumerate(rows.texts)]
        self.session = BranchSession(batch, rows.interventions, branches, shared, loaded.stop_ids)

    def logits(self, tokens: int, counts: Counts) -> Tensor:
        """Return the logits after the last tokens of each row's text.

        Args:
            tokens: How many logits a row: [rows, tokens, vocabulary].
            counts: Added to.
        """
        import torch

        with self._engine.steered(self.session), torch.no_grad():
            logits = self._first(tokens)
        self.session.trace.verify(self._branches.columns)
        counts.note(self.session.trace, sum(map(len, self._fed.values())))
        return logits

    def generate(self, decided: Decided | None, counts: Counts, dice: Dice | None = None) -> Written:
        """Generate greedily, or draw.

        Args:
            decided: Ends an answer early.
            counts: Added to.
            dice: Draw the tokens; None takes the likeliest.
        """
        import torch

        with self._engine.steered(self.session), torch.no_grad():
            written = self._loop(decided, dice)
        self.session.trace.verify(self._branches.columns)
        counts.note(self.session.trace, sum(map(len, self._fed.values())))
        return written

    def _loop(self, decided: Decided | None, dice: Dice | None) -> Written:
        answers: list[list[int]] = [[] for _ in self._fed]
        ties: list[NearTie | None] = [None] * len(answers)
        first: Tensor | None = None
        fed = self._fed
        for step in range(self._new_tokens):
            scores = (self._pass(fed, 1) if step else self._first(1))[:, 0].float()
            first = scores.log_softmax(-1) if first is None else first
            scores = scores if dice is None else dice(scores, list(fed))
            gaps, seconds = (part.tolist() for part in lead(scores))
            for row, token, gap, second in zip(fed, scores.argmax(-1).tolist(), gaps, seconds, strict=True):
                answers[row].append(token)
                if gap < TIE_MARGIN and ties[row] is None:
                    ties[row] = NearTie(step, second)
            fed = {row: answers[row][-1:] for row in fed if not self._over(row, answers[row], decided)}
            if not fed:
                break
        assert first is not None
        return Written(answers, first, ties)

    def _first(self, tokens: int) -> Tensor:
        """Return the logits after the last tokens of each row's text."""
        return self._pass(self._fed, tokens)

    def _pass(self, fed: Mapping[int, Sequence[int]], tokens: int) -> Tensor:
        logits = self._loaded.module(**self._branches.inputs(fed, tokens)).logits
        return self._branches.newest(logits, tokens)

    def _over(self, row: int, answer: Sequence[int], decided: Decided | None) -> bool:
        return answer[-1] in self._loaded.stop_ids or (decided is not None and decided(row, answer))


class BranchRun(Run):
    """Rows that branch from a prefix."""

    def __init__(
        self, loaded: LoadedModel, engine: Engine, rows: BranchRows, way: str, new_tokens: int
    ) -> None:
        """Prepare.

        Args:
            loaded: The model.
            engine: That of hooks.
            rows: The rows.
            way: `tree` or `copies`.
            new_tokens: At most this many will be generated for each row.
        """
        room = len(rows.tails[0]) + new_tokens
        branches = make_branches(loaded, way, rows.prefix, rows.owners, room)
        super().__init__(loaded, engine, rows, branches, rows.tails, new_tokens)
