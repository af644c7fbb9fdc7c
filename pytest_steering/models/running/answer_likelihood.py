"""Log-probabilities of given answers: one forward pass a batch, no decoding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.proving.padded_lengths import padded_lengths
from pytest_steering.models.running.batching import pad_left
from pytest_steering.models.running.budget import RowBudget
from pytest_steering.models.running.completion import Counts
from pytest_steering.models.running.overflow import overflow_of, warn
from pytest_steering.models.sharing.block_sharing import BlockSharing
from pytest_steering.models.sharing.decode import BranchRows, BranchRun, Rows
from pytest_steering.models.sharing.jobs import Sweep
from pytest_steering.models.sharing.sharing_plan import Arm
from pytest_steering.models.sharing.sharing_proof import sharing_of
from pytest_steering.models.sharing.ways import Ways

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.models.running.completion import Arms
    from pytest_steering.models.running.continuation import Continuation
    from pytest_steering.models.sharing.prefix import Prefix


def score_choices(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    answers: Sequence[Sequence[int]],
    arms: Arms,
    batch_rows: int,
    sharing: str = "auto",
    counts: Counts | None = None,
) -> list[Tensor]:
    """Return log p(answer | prompt) for every arm: [n, answers] each, float32 on the CPU.

    Answers of one token share one row a prompt; a longer one needs a row of its own. Where an arm overflows
    its scores are no numbers, and the counts name it.

    Args:
        loaded: The model.
        engine: Writes the interventions.
        prompts: Token ids, without pads.
        answers: Token ids of each answer.
        arms: Interventions; None is the unsteered model.
        batch_rows: At most this many rows in one forward pass over the longest prompts; see `RowBudget`.
        sharing: `auto`, or the best way that may be taken: `tree`, `copies`, `none`.
        counts: Added to.
    """
    blocks = BlockSharing(loaded, engine, allowed=sharing != "none" and len(arms) > 1)
    counts = counts if counts is not None else Counts()
    work = _Scoring(loaded, engine, prompts, answers, arms, blocks, counts)
    ways = Ways(loaded, sharing_of(loaded, engine, sharing, len(work.arms)), len(work.arms))
    sweep = Sweep(loaded, prompts, work.arms, 0, ways)
    budget = RowBudget(batch_rows, sweep.longest, padded_lengths(loaded, engine))
    sweep.run(work, budget)
    counts.halvings += budget.halvings
    return work.scores


def score_continuations(
    loaded: LoadedModel,
    engine: Engine,
    found: Sequence[Continuation],
    arms: Arms,
    batch_rows: int,
    sharing: str = "auto",
    counts: Counts | None = None,
) -> list[list[Tensor]]:
    """Return log p(answer | prompt) by arm and prompt: [its answers] each, float32 on the CPU.

    Prompts that go on with the same tokens, such as those of lettered options, run in one sweep. Where an arm
    overflows its scores are no numbers, and the counts name it.

    Args:
        loaded: The model.
        engine: Writes the interventions.
        found: Prompts with the tokens of their answers.
        arms: Interventions; None is the unsteered model.
        batch_rows: At most this many rows in one forward pass over the longest prompts; see `RowBudget`.
        sharing: `auto`, or the best way that may be taken: `tree`, `copies`, `none`.
        counts: Added to.
    """
    alike: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for number, one in enumerate(found):
        alike.setdefault(one.answers, []).append(number)
    scored: list[dict[int, Tensor]] = [{} for _ in arms]
    counts = counts if counts is not None else Counts()
    for answers, members in alike.items():
        prompts = [found[number].prompt for number in members]
        part = Counts()
        swept = score_choices(loaded, engine, prompts, answers, arms, batch_rows, sharing, part)
        counts.add(part, members)
        for own, arm in zip(scored, swept, strict=True):
            own.update(zip(members, arm, strict=True))
    warn(counts.overflows, len(arms))
    return [[own[number] for number in range(len(found))] for own in scored]


class _Scoring:
    """Scores rows; the last token of an answer is predicted, never read."""

    def __init__(
        self,
        loaded: LoadedModel,
        engine: Engine,
        prompts: Sequence[Sequence[int]],
        answers: Sequence[Sequence[int]],
        interventions: Arms,
        blocks: BlockSharing,
        counts: Counts,
    ) -> None:
        import torch

        self._blocks = blocks

        self._loaded, self._engine, self._prompts, self._answers = loaded, engine, prompts, answers
        self._leads = _leading_answers(answers)
        self._owners = [(arm, lead) for arm in range(len(interventions)) for lead in self._leads]
        self.arms = [Arm(interventions[arm], tuple(answers[lead][:-1])) for arm, lead in self._owners]
        self.counts = counts
        self.scores = [torch.full((len(prompts), len(answers)), torch.nan) for _ in interventions]

    def begin(self) -> None:
        """See `Work.begin`."""

    def plain(self, arms: Sequence[int], prompts: Sequence[int]) -> None:
        """See `Work.plain`."""
        cells = [(arm, prompt) for arm in arms for prompt in prompts]
        rows = Rows(
            [self._text(*cell) for cell in cells],
            [len(self._prompts[prompt]) for _, prompt in cells],
            [self.arms[arm].intervention for arm, _ in cells],
        )
        self._keep(cells, self._logits(rows, 1 + max(len(self.arms[arm].suffix) for arm in arms)))

    def _logits(self, rows: Rows, tokens: int) -> Tensor:
        shared = self._blocks.result(rows, 0, self.counts, lambda run: run.logits(tokens, self.counts))
        if shared is not None:
            return shared
        batch = pad_left(rows.texts, self._loaded.pad_id, self._loaded.device, rows.prompt_lengths)
        session = EditSession(batch, rows.interventions)
        logits = self._engine.logits(batch, session, tokens)
        session.trace.verify(batch.columns)
        self.counts.note(session.trace, sum(map(len, rows.texts)))
        return logits

    def branched(self, prefix: Prefix, way: str, arms: Sequence[int], prompts: Sequence[int]) -> None:
        """See `Work.branched`."""
        cells = [(arm, prompt) for prompt in prompts for arm in arms]
        rows = BranchRows(
            texts=[self._text(*cell) for cell in cells],
            prompt_lengths=[len(self._prompts[prompt]) for _, prompt in cells],
            interventions=[self.arms[arm].intervention for arm, _ in cells],
            prefix=prefix,
            owners=[member for member in range(len(prompts)) for _ in arms],
        )
        run = BranchRun(self._loaded, self._engine, rows, way, 0)
        self._keep(cells, run.logits(1 + len(self.arms[arms[0]].suffix), self.counts))
        self.counts.shared_rows += len(cells)

    @property
    def overflowing(self) -> set[int]:
        """See `Work.overflowing`."""
        whose = {arm for arm, _ in self.counts.overflows}
        return {number for number, (arm, _) in enumerate(self._owners) if arm in whose}

    def set_aside(self, arm: int, prompt: int) -> None:
        """See `Work.set_aside`."""
        text, length, one = self._text(arm, prompt), len(self._prompts[prompt]), self.arms[arm].intervention
        found = overflow_of(
            self._loaded, self._engine, text, length, one, lambda: self.plain([arm], [prompt])
        )
        if found is not None:
            owner, _ = self._owners[arm]
            self.counts.overflows[owner, prompt] = found

    def _text(self, arm: int, prompt: int) -> list[int]:
        return [*self._prompts[prompt], *self.arms[arm].suffix]

    def _keep(self, cells: Sequence[tuple[int, int]], logits: Tensor) -> None:
        for row, (number, prompt) in enumerate(cells):
            arm, lead = self._owners[number]
            for answer in self._leads[lead]:
                total = _total(logits[row], len(self._answers[lead]), self._answers[answer])
                self.scores[arm][prompt, answer] = total
        self.counts.batches += 1
        self.counts.rows += len(cells)


def _leading_answers(answers: Sequence[Sequence[int]]) -> dict[int, list[int]]:
    """Group answers that one row can score: all of one token together, each longer one alone."""
    single = [number for number, answer in enumerate(answers) if len(answer) == 1]
    groups = {single[0]: single} if single else {}
    return groups | {number: [number] for number, answer in enumerate(answers) if len(answer) > 1}


def _total(logits: Tensor, read: int, answer: Sequence[int]) -> float:
    """Sum the log-probabilities of an answer's tokens over the last `read` columns: [columns, vocabulary]."""
    tail = logits[-read:].float().log_softmax(-1)
    return float(sum(tail[step, token] for step, token in enumerate(answer)))
