"""Directions that mean nothing, and what does as much without any."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.audit.case import Case, claiming
from benchmarks.audit.workbench import PLACES, careful, experiment, improves, model, vector
from pytest_steering import Intervention, Result, SteeringVector
from pytest_steering.comparison import STEERED

if TYPE_CHECKING:
    from torch import Tensor

LAYER = PLACES["starcoder"][0]
DRAWS = 12
"""So many directions are drawn, and the best on what is scored is reported."""


def covariance_noise(_folder: Path) -> Result:
    return _luckiest(_noise)


def without_controls(_folder: Path) -> Result:
    """The same, and nothing is run beside it."""
    return _luckiest(_noise, controls=())


def halves_of_the_prompts(_folder: Path) -> Result:
    """The mean difference of two random halves of prompts that were asked alike."""

    def halved(seed: int) -> SteeringVector:
        prompts = [one.negative for one in experiment().contrast_pairs()]
        random.Random(seed).shuffle(prompts)
        middle = len(prompts) // 2
        return SteeringVector.from_contrast(model(), prompts[:middle], prompts[middle:], layers=[LAYER])

    return _luckiest(halved)


def shuffled_labels(_folder: Path) -> Result:
    def shuffled(seed: int) -> SteeringVector:
        pairs, drawn = experiment().contrast_pairs(), random.Random(seed)
        turned = [
            replace(one, positive=one.negative, negative=one.positive) if drawn.random() < 0.5 else one
            for one in pairs
        ]
        return experiment().extract(turned, layers=[LAYER])

    return _luckiest(shuffled)


def unembedding(_folder: Path) -> Result:
    """The answer's own rows of the output layer, which saw no data, at the scale that is best on dev."""
    rows, scored = _of_norm(_answer_rows()), experiment()
    found = scored.search(rows, [LAYER], (-0.4, -0.2, -0.1, 0.1, 0.2, 0.4))
    return scored.run(Intervention(rows, [LAYER], found.scale))


def a_threshold(_folder: Path) -> Result:
    """A vector that moves the threshold of a judgement that was there is called one that mends it."""
    return experiment().run(careful(), controls=("random", "threshold"))


def a_prompt(_folder: Path) -> Result:
    """Asking with care does what the vector does."""
    return experiment().run(careful(), controls=("random", "prompted"))


def beats_the_prompt(result: Result) -> None:
    """Claim that steering does more than asking."""
    result.expect("accuracy", STEERED, against="prompted").improves()


def _luckiest(draw: Callable[[int], SteeringVector], controls: tuple[str, ...] | None = None) -> Result:
    """Run the direction, or its opposite, that does best on what is scored, of many that were drawn."""
    scored = experiment()
    prompts, cells = scored.scored, {}
    for seed in range(DRAWS):
        drawn = _of_norm(draw(seed))
        for sign in (1.0, -1.0):
            cells[seed, sign] = careful(of=sign * drawn)
    found = scored.model.generate([one.prompt for one in prompts], list(cells.values()), max_new_tokens=3)
    right = [
        sum(
            scored.questions.task.read(text, one).correct or False
            for text, one in zip(arm, prompts, strict=True)
        )
        for arm in found
    ]
    best = max(zip(right, cells.values(), strict=True), key=lambda one: one[0])[1]
    return scored.run(best, controls)


def _of_norm(drawn: SteeringVector) -> SteeringVector:
    return drawn.rescaled_to(vector())


def _noise(seed: int) -> SteeringVector:
    """A direction that is drawn as the states vary."""
    import torch

    drawn = torch.randn(len(_states()), generator=torch.Generator().manual_seed(seed))
    return SteeringVector({LAYER: drawn @ _states()})


@cache
def _states() -> Tensor:
    states = model().hidden_states([one.prompt for one in experiment().scored], [LAYER])[LAYER]
    return states - states.mean(0)


def _answer_rows() -> SteeringVector:
    asked = experiment().scored[0]
    assert asked.answers is not None
    present, absent = (model().choice_tokens(answer, asked.prompt)[0] for answer in asked.answers.all)
    rows = model().loaded.module.get_output_embeddings().weight.detach().float()
    return SteeringVector({LAYER: rows[absent] - rows[present]})


NULLS = (
    Case("covariance noise", claiming(covariance_noise, improves), ("random-as-large",)),
    Case("covariance noise, no controls", claiming(without_controls, improves), ("random-as-large",)),
    Case("random halves of prompts", claiming(halves_of_the_prompts, improves), ("random-as-large",)),
    Case("shuffled-label vector", claiming(shuffled_labels, improves), ("shuffled-as-well",)),
    Case("unembedding direction", claiming(unembedding, improves), ("unembedding-as-good",)),
    Case("a threshold does as well", claiming(a_threshold, improves), ("threshold-as-good",)),
    Case("a prompt does as well", claiming(a_prompt, beats_the_prompt), ("prompt-as-good",)),
)
