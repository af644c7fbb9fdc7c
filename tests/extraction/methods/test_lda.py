"""The linear discriminant against scikit-learn, on states that a model gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from pytest_steering.errors import VectorError
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.label_shuffles import label_shuffles
from pytest_steering.extraction.methods import method_named
from pytest_steering.extraction.null_directions import shuffled_directions
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.extraction.shrinkage import oas
from pytest_steering.models.rounding import parted, rounding
from tests.extraction.test_directions import LengthReader
from tests.near import assert_near
from tests.tiny import tiny_model

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

WORDS = [ContrastPair(f"w1 w{n + 3} w{n * n % 90}", f"w2 w{n * 3} w{n + 5}", f"s{n}") for n in range(20)]


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return tiny_model("qwen2")


def sides(model: SteerableModel, layer: int) -> tuple[torch.Tensor, torch.Tensor]:
    read = [[p.positive for p in WORDS], [p.negative for p in WORDS]]
    positive, negative = (model.hidden_states(prompts, [layer])[layer].double() for prompts in read)
    return positive, negative


def test_moments_are_those_of_the_states(model: SteerableModel) -> None:
    positive, negative = sides(model, 1)
    found = model.state_moments([[p.positive for p in WORDS], [p.negative for p in WORDS]], [1])[1]
    centred = torch.cat([positive - positive.mean(0), negative - negative.mean(0)])
    assert_near(found.means.float(), torch.stack([positive.mean(0), negative.mean(0)]).float())
    assert_near(found.covariance.flatten().float(), (centred.T @ centred / len(centred)).flatten().float())
    assert found.n == 2 * len(WORDS)


def test_shrinkage_is_that_of_scikit_learn(model: SteerableModel) -> None:
    covariance = pytest.importorskip("sklearn.covariance", reason="scikit-learn is not installed")
    positive, negative = sides(model, 1)
    centred = torch.cat([positive - positive.mean(0), negative - negative.mean(0)])
    expected, _ = covariance.oas(centred.numpy(), assume_centered=True)
    found = oas(centred.T @ centred / len(centred), len(centred))
    torch.testing.assert_close(found, torch.from_numpy(expected))


def test_the_direction_separates_as_fisher_says_with_the_norm_of_the_mean_difference(
    model: SteerableModel,
) -> None:
    positive, negative = sides(model, 1)
    centred = torch.cat([positive - positive.mean(0), negative - negative.mean(0)])
    difference = positive.mean(0) - negative.mean(0)
    within = oas(centred.T @ centred / len(centred), len(centred))
    expected = torch.linalg.solve(within, difference)
    vector = extract(model, WORDS, "lda", [1])
    moved = parted(vector.directions[1], expected / expected.norm() * difference.norm())
    assert moved <= torch.linalg.cond(within) * rounding(torch.float32, 2), (
        "solving widens what was rounded off"
    )
    assert vector.method == "lda"
    assert vector.provenance["pairs"] == str(len(WORDS))


def test_its_shuffled_control_is_a_discriminant_too(model: SteerableModel) -> None:
    vector = extract(model, WORDS, "lda", [1])
    labels = label_shuffles(len(WORDS), 1, 0)
    (control,) = shuffled_directions(model, WORDS, labels, vector)
    (plain,) = shuffled_directions(model, WORDS, labels, extract(model, WORDS, "mean_difference", [1]))
    cosine = torch.cosine_similarity(control.directions[1], plain.directions[1], dim=0)
    assert control.norms[1] == pytest.approx(vector.norms[1], rel=1e-5)
    assert cosine < 0.999


def test_states_that_do_not_vary_leave_the_mean_difference() -> None:
    assert torch.equal(oas(torch.zeros(3, 3, dtype=torch.float64), 4), torch.zeros(3, 3, dtype=torch.float64))


def test_a_model_without_covariances_is_refused_with_a_sentence() -> None:
    with pytest.raises(VectorError, match="needs covariances of states, which LengthReader does not take"):
        method_named("lda")(LengthReader(), ["a"], ["b"], "all")
