"""Answers that are drawn: the same seed draws the same, however rows are batched or share a prefix."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.errors import PromptError
from pytest_steering.steering.numbers import whole_number

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Sampling:
    """How answers are drawn.

    A draw depends on the seed, the prompt's tokens and its number alone. It uses the same random numbers
    under every intervention, so that what differs between arms is what the interventions do.

    Attributes:
        temperature: Divides the logits.
        top_k: Only so many of the likeliest tokens are drawn; 0 is all of them.
        top_p: Only the likeliest tokens that together have this probability are drawn.
        seed: Of the random numbers.
        draws: Answers a prompt.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0
    draws: int = 1

    def __post_init__(self) -> None:
        for name, least in (("top_k", 0), ("draws", 1), ("seed", 0)):
            number = whole_number(getattr(self, name))
            if number is None or number < least:
                raise PromptError(f"{name} {getattr(self, name)!r} is no whole number of at least {least}")
        if not 0 < self.temperature < float("inf"):
            raise PromptError(
                f"temperature {self.temperature!r} is no number above 0; without sampling the likeliest "
                "token is taken"
            )
        if not 0 < self.top_p <= 1:
            raise PromptError(f"top_p {self.top_p!r} is no probability above 0")

    def dice(self, prompts: Sequence[Sequence[int]], draws: Sequence[int]) -> Dice:
        """Return what draws the tokens of a batch, from its first on.

        Args:
            prompts: Token ids of each row's prompt.
            draws: Number of each row's draw.
        """
        return Dice(self, [self._seed(ids, draw) for ids, draw in zip(prompts, draws, strict=True)])

    def _seed(self, ids: Sequence[int], draw: int) -> int:
        said = f"{int(self.seed)}:{draw}:{','.join(map(str, ids))}"
        return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big") >> 1


class Dice:
    """Adds Gumbel noise to the scores of a batch's rows: the largest sum is a draw from their softmax.

    (Gumbel, 1954; Maddison, Tarlow & Minka, 2014.) Each row has a generator of its own.
    """

    def __init__(self, sampling: Sampling, seeds: Sequence[int]) -> None:
        """Take one seed a row."""
        import torch

        self._sampling = sampling
        self._sources = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]

    def __call__(self, scores: Tensor, rows: Sequence[int]) -> Tensor:
        """Return the scores of some rows with their noise: [rows, vocabulary], float64.

        Args:
            scores: Logits.
            rows: Their numbers in the batch.
        """
        import torch

        size = scores.shape[-1]
        drawn = [torch.rand(size, generator=self._sources[row], dtype=torch.float64) for row in rows]
        noise = torch.stack(drawn)
        return self._kept(scores.double()) - (-noise.log()).log().to(scores.device)

    def _kept(self, scores: Tensor) -> Tensor:
        """Return the scores at the temperature, −∞ for tokens that are not drawn; transformers' own order."""
        from transformers import TopKLogitsWarper, TopPLogitsWarper

        kept: Tensor = scores / self._sampling.temperature
        nothing = scores.new_empty(0).long()
        if self._sampling.top_k:
            kept = TopKLogitsWarper(int(self._sampling.top_k))(nothing, kept)
        if self._sampling.top_p < 1:
            kept = TopPLogitsWarper(float(self._sampling.top_p))(nothing, kept)
        return kept
