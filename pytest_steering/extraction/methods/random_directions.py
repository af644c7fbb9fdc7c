"""Directions that know no label, as methods: what any other one has to beat, through all the same steps."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.extraction.drawn_directions import isotropic_directions, matched_directions
from pytest_steering.extraction.methods.method_registry import extraction_method
from pytest_steering.steering.contrast import ReadsHiddenStates, mean_differences
from pytest_steering.steering.vector import SteeringVector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor


@extraction_method
def random(
    model: ReadsHiddenStates, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
) -> Mapping[int, Tensor]:
    """Return a direction drawn uniformly on the sphere at each layer, as long as the mean difference.

    The prompts are the seed: the same ones give the same direction.

    Args:
        model: Read at the last prompt token.
        positive: Prompts that show the wanted behaviour.
        negative: Prompts that do not.
        layers: Block numbers, `last3` or `all`.
    """
    vector = SteeringVector(mean_differences(model, positive, negative, layers, "last_prompt"))
    return isotropic_directions(vector, 1, _seed(positive, negative))[0].directions


@extraction_method
def random_matched(
    model: ReadsHiddenStates, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
) -> Mapping[int, Tensor]:
    """Return a direction drawn as the prompts' states vary at each layer, as long as the mean difference.

    Args:
        model: Read at the last prompt token.
        positive: Prompts that show the wanted behaviour.
        negative: Prompts that do not.
        layers: Block numbers, `last3` or `all`.
    """
    states = model.hidden_states([*positive, *negative], layers, "last_prompt")
    half = len(positive)
    vector = SteeringVector({n: rows[:half].mean(0) - rows[half:].mean(0) for n, rows in states.items()})
    return matched_directions(states, vector, 1, _seed(positive, negative))[0].directions


def _seed(positive: Sequence[str], negative: Sequence[str]) -> int:
    """Return a seed that is another one where the sides change places."""
    said = "\n".join([*positive, "", *negative]).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(said).digest()[:7], "big")
