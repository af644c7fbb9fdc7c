"""Prompts × interventions through an engine: fused batches in, answers in the prompts' order out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from pytest_steering.models.engine.row_answers import TIE_MARGIN, Written
from pytest_steering.models.proving.padded_lengths import padded_lengths
from pytest_steering.models.running.arithmetic import divergences, total
from pytest_steering.models.running.budget import RowBudget
from pytest_steering.models.running.completion import (
    Arms,
    Completion,
    Counts,
    Generation,
)
from pytest_steering.models.running.greedy import Decided, generate_rows
from pytest_steering.models.running.overflow import overflow_of, warn
from pytest_steering.models.running.sampling import Dice, Sampling
from pytest_steering.models.sharing.block_sharing import BlockSharing
from pytest_steering.models.sharing.decode import BranchRows, BranchRun, Rows
from pytest_steering.models.sharing.jobs import Sweep
from pytest_steering.models.sharing.sharing_plan import MOST_BRANCHES, Arm
from pytest_steering.models.sharing.sharing_proof import sharing_of
from pytest_steering.models.sharing.ways import Ways

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.models.sharing.prefix import Prefix

DecidedText = Callable[[int, str], bool]
"""Whether the answer to a prompt, by its number and the text so far, needs no further tokens."""

__all__ = ["TIE_MARGIN", "Arms", "Completion", "Counts", "Generation", "generate_arms"]


def generate_arms(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    arms: Arms,
    *,
    max_new_tokens: int,
    choices: Sequence[int] = (),
    batch_rows: int,
    sharing: str = "auto",
    decided: DecidedText | None = None,
    sampling: Sampling | None = None,
) -> Generation:
    """Generate greedily for every prompt under every intervention.

    Args:
        loaded: The model.
        engine: Writes the interventions.
        prompts: Token ids of each prompt, without pads.
        arms: Interventions; None is the unsteered model.
        max_new_tokens: At most this many for each answer.
        choices: Token ids whose log-probability as the first token is wanted.
        batch_rows: At most this many rows in one forward pass over the longest prompts; see `RowBudget`.
        sharing: `auto`, or the best way that may be taken: `tree`, `copies`, `none`.
        decided: Ends an answer early, by the prompt's number and the text so far.
        sampling: How tokens are drawn, where a prompt stands as often as it is drawn; None: the likeliest.
    """
    ways = Ways(loaded, sharing_of(loaded, engine, sharing, len(arms)), MOST_BRANCHES)
    blocks = BlockSharing(loaded, engine, allowed=sharing != "none" and len(arms) > 1)
    work = _Writing(loaded, engine, prompts, arms, max_new_tokens, choices, decided, blocks, sampling)
    sweep = Sweep(loaded, prompts, [Arm(arm) for arm in arms], max_new_tokens, ways)
    budget = RowBudget(batch_rows, sweep.longest, padded_lengths(loaded, engine))
    sweep.run(work, budget)
    work.counts.halvings = budget.halvings
    warn(work.counts.overflows, len(arms))
    return Generation(work.arms, work.counts, "; ".join([str(ways), *sorted(blocks.said)]))


class _Writing:
    """Generates rows and keeps their completions."""

    def __init__(
        self,
        loaded: LoadedModel,
        engine: Engine,
        prompts: Sequence[Sequence[int]],
        arms: Arms,
        max_new_tokens: int,
        choices: Sequence[int],
        decided: DecidedText | None,
        blocks: BlockSharing,
        sampling: Sampling | None,
    ) -> None:
        self._loaded, self._engine, self._prompts, self._interventions = loaded, engine, prompts, arms
        self._blocks, self._sampling = blocks, sampling
        self._new_tokens, self._choices, self._decided = max_new_tokens, list(choices), decided
        self.counts = Counts()
        self.arms = [[_NOTHING] * len(prompts) for _ in arms]
        self._unsteered: dict[int, Tensor] = {}

    def begin(self) -> None:
        """See `Work.begin`."""
        self._unsteered = {}

    def plain(self, arms: Sequence[int], prompts: Sequence[int]) -> None:
        """See `Work.plain`."""
        cells = [(arm, prompt) for arm in arms for prompt in prompts]
        texts = [self._prompts[prompt] for _, prompt in cells]
        rows = Rows(texts, [len(text) for text in texts], [self._interventions[arm] for arm, _ in cells])
        self._keep(cells, self._written(rows, cells))

    @property
    def overflowing(self) -> set[int]:
        """See `Work.overflowing`."""
        return {arm for arm, _ in self.counts.overflows}

    def set_aside(self, arm: int, prompt: int) -> None:
        """See `Work.set_aside`."""
        ids, one = self._prompts[prompt], self._interventions[arm]
        found = overflow_of(
            self._loaded, self._engine, ids, len(ids), one, lambda: self.plain([arm], [prompt])
        )
        if found is not None:
            self.counts.overflows[arm, prompt] = found
            unknown = (math.nan,) * len(self._choices)
            self.arms[arm][prompt] = Completion("", (), len(ids), unknown, overflow=found)

    def _dice(self, cells: Sequence[tuple[int, int]]) -> Dice | None:
        """Return what draws the tokens of a batch; anew for each run of it."""
        if self._sampling is None:
            return None
        prompts = [self._prompts[prompt] for _, prompt in cells]
        return self._sampling.dice(prompts, [prompt % self._sampling.draws for _, prompt in cells])

    def _written(self, rows: Rows, cells: Sequence[tuple[int, int]]) -> Written:
        decided = self._ends(cells)
        shared = self._blocks.result(
            rows,
            self._new_tokens,
            self.counts,
            lambda run: run.generate(decided, self.counts, self._dice(cells)),
        )
        return shared or generate_rows(
            self._loaded,
            self._engine,
            rows.texts,
            rows.interventions,
            max_new_tokens=self._new_tokens,
            decided=decided,
            counts=self.counts,
            dice=self._dice(cells),
        )

    def branched(self, prefix: Prefix, way: str, arms: Sequence[int], prompts: Sequence[int]) -> None:
        """See `Work.branched`."""
        cells = [(arm, prompt) for prompt in prompts for arm in arms]
        texts = [self._prompts[prompt] for _, prompt in cells]
        rows = BranchRows(
            texts=texts,
            prompt_lengths=[len(text) for text in texts],
            interventions=[self._interventions[arm] for arm, _ in cells],
            prefix=prefix,
            owners=[member for member in range(len(prompts)) for _ in arms],
        )
        run = BranchRun(self._loaded, self._engine, rows, way, self._new_tokens)
        self._keep(cells, run.generate(self._ends(cells), self.counts, self._dice(cells)))
        self.counts.shared_rows += len(cells)

    def _ends(self, cells: Sequence[tuple[int, int]]) -> Decided | None:
        decided, tokenizer = self._decided, self._loaded.tokenizer
        if decided is None:
            return None
        decode = partial(tokenizer.decode, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return lambda row, answer: decided(cells[row][1], decode(answer))

    def _keep(self, cells: Sequence[tuple[int, int]], written: Written) -> None:
        texts = self._loaded.tokenizer.batch_decode(
            written.answers, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        ties = self._ties(written)
        for row, (arm, prompt) in enumerate(cells):
            if self._interventions[arm] is None:
                self._unsteered.setdefault(prompt, written.first[row])
            done = Completion(
                texts[row],
                tuple(written.answers[row]),
                len(self._prompts[prompt]),
                tuple(written.first[row, self._choices].tolist()),
                _kl(written.first[row], self._unsteered.get(prompt)),
                *ties[row],
            )
            self.arms[arm][prompt] = done
        self.counts.batches += 1
        self.counts.rows += len(cells)
        self.counts.generated_tokens += sum(map(len, written.answers))

    def _ties(self, written: Written) -> list[tuple[int | None, str]]:
        """Return each row's first near-tie, and with what its answer had begun, had it gone the other way."""
        decode = self._loaded.tokenizer.decode
        return [
            (None, "")
            if tie is None
            else (
                tie.step,
                decode(
                    [*answer[: tie.step], tie.other],
                    skip_special_tokens=True,
                    clean_up_tokenization_spaces=False,
                ),
            )
            for answer, tie in zip(written.answers, written.ties, strict=True)
        ]


_NOTHING = Completion("", (), 0)


def _kl(first: Tensor, unsteered: Tensor | None) -> float | None:
    """Return KL(first ‖ unsteered) in nats, from log-probabilities; rounding alone makes it negative."""
    if unsteered is None:
        return None
    found = total(divergences(first, unsteered))
    return 0.0 if found < 0 else found
