"""PCA of pairs, held against scikit-learn's and, where they are installed, the other tools' own code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pytest_steering.extraction.methods import method_named

METHODS = ("pca_diff", "pca_center")


class Table:
    """Stands for a model: states of prompts by their number."""

    def __init__(self, states: Tensor) -> None:
        self.states = states

    def hidden_states(self, prompts: Sequence[str], _layers: Any, _position: str) -> dict[int, Tensor]:
        return {2: self.states[[int(prompt) for prompt in prompts]]}


def sides(pairs: int, hidden: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Two sides that share much, and differ along one direction to various degrees."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    negative = 3 * draw(pairs, hidden)
    return negative + draw(pairs, 1).add(0.7) * 2 * draw(hidden) + 0.3 * draw(pairs, hidden), negative


def found(method: str, positive: Tensor, negative: Tensor) -> Tensor:
    names = [str(n) for n in range(2 * len(positive))]
    half = len(positive)
    return method_named(method)(Table(torch.cat([positive, negative])), names[:half], names[half:], "all")[2]


def reference(method: str, positive: Tensor, negative: Tensor) -> np.ndarray[Any, Any]:
    from sklearn.decomposition import PCA

    differences = (positive - negative).double().numpy()
    rows = differences if method == "pca_diff" else np.concatenate([differences, -differences]) / 2
    component = PCA(n_components=1, svd_solver="full").fit(rows).components_[0]
    along = differences @ component
    return np.asarray(component * (1 if (along > 0).sum() >= (along < 0).sum() else -1))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("pairs", [3, 20, 60])
def test_the_component_is_scikit_learns_with_the_sign_of_most_pairs(method: str, pairs: int) -> None:
    for seed in range(5):
        positive, negative = sides(pairs, 24, seed)
        direction, expected = (
            found(method, positive, negative).double(),
            reference(method, positive, negative),
        )
        assert float(direction @ torch.from_numpy(expected)) / float(direction.norm()) > 0.99999
        assert float(direction.norm()) == pytest.approx(float((positive - negative).mean(0).norm()), rel=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_sides_that_change_places_turn_the_direction_round(method: str) -> None:
    positive, negative = sides(20, 24)
    torch.testing.assert_close(found(method, negative, positive), -found(method, positive, negative))


@pytest.mark.parametrize("method", METHODS)
def test_of_one_pair_the_direction_is_its_difference(method: str) -> None:
    positive, negative = sides(1, 24)
    torch.testing.assert_close(found(method, positive, negative), (positive - negative)[0])


def test_directions_are_those_of_steering_vectors() -> None:
    peer = pytest.importorskip("steering_vectors", reason="pip install --group peers brings steering-vectors")
    positive, negative = sides(40, 24)
    theirs = {"pca_center": peer.pca_aggregator(), "mean": peer.mean_aggregator()}
    pca = theirs["pca_center"](positive, negative)
    assert float(torch.cosine_similarity(found("pca_center", positive, negative), pca, dim=0)) >= 0.9999
    assert torch.allclose(theirs["mean"](positive, negative), (positive - negative).mean(0))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("hidden", [48, 300])
def test_more_pairs_than_are_held_at_once_have_the_component_of_all_of_them(method: str, hidden: int) -> None:
    positive, negative = sides(700, hidden)
    # Neighbours are alike, as where a file goes topic by topic: some in a row are not as all are.
    order = (positive - negative)[:, 0].argsort()
    positive, negative = positive[order], negative[order]
    direction, expected = (
        found(method, positive, negative),
        torch.tensor(reference(method, positive, negative)),
    )

    assert float(torch.nn.functional.cosine_similarity(direction.double(), expected, dim=0)) >= 0.9999
    mean = (positive - negative).double().mean(0)
    assert float(direction.norm()) == pytest.approx(float(mean.norm()), rel=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_no_more_states_are_asked_for_at_once_however_many_pairs_there_are(method: str) -> None:
    asked: list[int] = []

    class Counting(Table):
        def hidden_states(self, prompts: Sequence[str], _layers: Any, _position: str) -> dict[int, Tensor]:
            asked.append(len(prompts))
            return super().hidden_states(prompts, _layers, _position)

    for pairs in (256, 257, 1100):
        asked.clear()
        names = [str(n) for n in range(2 * pairs)]
        method_named(method)(Counting(torch.cat(sides(pairs, 8))), names[:pairs], names[pairs:], "all")
        assert max(asked) <= 512
        assert sum(asked) == 2 * pairs
