"""Vectors that mean nothing, as somebody might bring them, and true ones, at one block and scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pytest_steering import ContrastPair, Experiment, Intervention, SteerableModel
from pytest_steering.experiments.controls import NULLS
from pytest_steering.experiments.controls.prompts_at_hand import states_of
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.pairs import with_exchanged
from pytest_steering.extraction.states_at_hand import StatesAtHand
from pytest_steering.steering.vector import SteeringVector

TRUE_VECTORS, TRUE_PAIRS = 20, 32
"""True vectors are made of so many of the model's own 64 pairs, drawn anew for each."""


@dataclass(frozen=True)
class Bench:
    """One model with its own vector as the benchmarks have it.

    Attributes:
        experiment: On the twins.
        chosen: The careful − default vector at the block and scale that are best on dev.
        pairs: It was made from.
    """

    experiment: Experiment
    chosen: Intervention
    pairs: list[ContrastPair]

    @classmethod
    def of(cls, name: str) -> Bench:
        """Return the bench of an embedded model.

        Args:
            name: Of the model.
        """
        experiment = Experiment(SteerableModel.load(name, device="cpu"), task="twins", split="test")
        pairs = experiment.contrast_pairs()
        vector = experiment.extract(pairs)
        choice = experiment.search(vector)
        return cls(experiment, Intervention(vector.only([choice.layer]), [choice.layer], choice.scale), pairs)

    def drawn(self, null: str, count: int) -> list[Intervention]:
        """Return the chosen intervention along draws of a null, given as numbers: nobody knows their pairs.

        Args:
            null: Its name.
            count: How many.
        """
        bare = self._along(SteeringVector(self.chosen.vector.directions, "given", self._origin))
        found = NULLS[null](self.experiment.context, bare, count, 1)
        return [self._along(SteeringVector(one.directions, "given", self._origin)) for one in found]

    def relabelled(self, count: int) -> Iterator[Intervention]:
        """Yield it along vectors extracted from the pairs with labels drawn at random.

        Args:
            count: How many.
        """
        generator = np.random.default_rng(2)
        for _ in range(count):
            sides = with_exchanged(self.pairs, (generator.random(len(self.pairs)) < 0.5).tolist())
            mixed = [
                replace(pair, positive=positive, negative=negative)
                for pair, positive, negative in zip(self.pairs, *sides, strict=True)
            ]
            yield self._extracted(mixed)

    def true(self, count: int = TRUE_VECTORS) -> Iterator[Intervention]:
        """Yield it along vectors extracted from draws of the pairs with their own labels.

        Args:
            count: How many.
        """
        generator = np.random.default_rng(3)
        for _ in range(count):
            kept = sorted(generator.choice(len(self.pairs), TRUE_PAIRS, replace=False))
            yield self._extracted([self.pairs[number] for number in kept])

    @cached_property
    def _states(self) -> StatesAtHand:
        prompts = [prompt for pair in self.pairs for prompt in (pair.positive, pair.negative)]
        return states_of(self.experiment.context, prompts, self.chosen.at)

    @property
    def _origin(self) -> dict[str, str]:
        return {name: self.chosen.vector.provenance[name] for name in ("model", "model_type", "weights")}

    def _extracted(self, pairs: list[ContrastPair]) -> Intervention:
        vector = extract(self._states, pairs, layers=list(self.chosen.at))
        return self._along(replace(vector.rescaled_to(self.chosen.vector), pairs=vector.pairs))

    def _along(self, vector: SteeringVector) -> Intervention:
        return replace(self.chosen, vector=vector)
