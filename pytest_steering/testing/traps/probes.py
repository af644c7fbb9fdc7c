"""Prompts and vectors for the model at hand, and requests made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from pytest_steering.testing.traps.engine_request import Request

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.positions import PositionsLike

NEW_TOKENS = 6

LONGEST = 300
"""Tokens of a long prompt: several blocks of a prefix cache, of 16 tokens on a GPU and of 128 on a CPU."""

UNSTEERED = "no steering"

Others = Mapping[str, "Intervention | None"]


@dataclass(frozen=True)
class Probe:
    """A request, and what else an engine may have done with it.

    Attributes:
        request: As the engine is asked.
        others: Interventions that a faulty engine would have run in place of the asked one, each by what it
            means. A reply that fits one of them as well shows nothing.
    """

    request: Request
    others: Others


class Probes:
    """Makes requests for a model; the same ones each time."""

    def __init__(self, model: SteerableModel) -> None:
        """Look at a model, which is read by plain hooks, whatever engine it is asked by otherwise."""
        self._model = model.with_engine("hooks")
        self.layers = model.architecture.num_layers
        context = model.loaded.context or LONGEST + 4 * NEW_TOKENS
        self.longest = min(LONGEST, context - 4 * NEW_TOKENS)

    @property
    def middle(self) -> int:
        """A block in the middle."""
        return self.layers // 2

    def prompt(self, length: int, seed: int = 0) -> tuple[int, ...]:
        """Return a prompt of so many tokens, none of them special."""
        draw = Random(f"{length} {seed}")  # noqa: S311 - no secret
        return tuple(draw.choice(self._words) for _ in range(length))

    def arm(
        self,
        layers: Sequence[int] = (),
        *,
        seed: int = 0,
        scale: float = 1.0,
        positions: PositionsLike = "all",
    ) -> Intervention:
        """Return a random vector, as long as the states of each block, put to use.

        Args:
            layers: Block numbers; one in the middle by default.
            seed: Another vector.
            scale: Of it.
            positions: Of the steered tokens.
        """
        import torch

        generator = torch.Generator().manual_seed(seed)
        drawn = {
            layer: torch.randn(self._model.architecture.hidden_size, generator=generator)
            for layer in layers or [self.middle]
        }
        longs = {layer: self._lengths[layer] * one / one.norm() for layer, one in drawn.items()}
        return Intervention(SteeringVector(longs), scale=scale, positions=positions, per_layer=True)

    def probe(
        self,
        prompt: Sequence[int],
        arm: Intervention | None,
        others: Others | None = None,
        new_tokens: int = NEW_TOKENS,
    ) -> Probe:
        """Return a request; a steered one is told from an unsteered one where nothing else is named."""
        named: Others = {} if arm is None else {UNSTEERED: None}
        return Probe(Request(tuple(prompt), arm, new_tokens), named if others is None else others)

    @cached_property
    def _words(self) -> list[int]:
        loaded = self._model.loaded
        kept = set(loaded.stop_ids) | {loaded.pad_id} | set(loaded.texts.special)
        count = min(loaded.module.get_input_embeddings().num_embeddings, len(loaded.tokenizer))
        return [token for token in range(count) if token not in kept]

    @cached_property
    def _lengths(self) -> dict[int, float]:
        """The mean length of a state that leaves each block."""
        states = self._model.hidden_states([list(self.prompt(12, seed)) for seed in range(4)], "all")
        return {layer: float(state.float().norm(dim=-1).mean()) for layer, state in states.items()}


def another(arms: Sequence[Intervention | None], place: int, step: int = 1) -> Others:
    """Return the nearest intervention of a list that is another than that at a place, by its name.

    Args:
        arms: A request's each; the last is followed by the first.
        place: Of the request in question.
        step: 1 looks at later ones, -1 at earlier ones.
    """
    found = (arms[(place + step * far) % len(arms)] for far in range(1, len(arms)))
    return {"that of another request": next(arm for arm in found if arm is not arms[place])}
