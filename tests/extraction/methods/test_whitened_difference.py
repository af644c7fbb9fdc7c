"""The whitened mean difference against a plain symmetric root by scipy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pytest_steering.errors import VectorError
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.methods import method_named
from pytest_steering.extraction.shrinkage import oas
from pytest_steering.models.rounding import parted, rounding
from tests.extraction.methods.test_lda import WORDS, sides
from tests.extraction.test_directions import LengthReader
from tests.tiny import tiny_model


def test_it_is_the_inverse_root_of_the_covariance_times_the_mean_difference() -> None:
    from scipy.linalg import sqrtm

    model = tiny_model("qwen2")
    positive, negative = sides(model, 1)
    centred = torch.cat([positive - positive.mean(0), negative - negative.mean(0)])
    within = oas(centred.T @ centred / len(centred), len(centred))
    difference = positive.mean(0) - negative.mean(0)
    expected = torch.from_numpy(np.linalg.solve(np.real(sqrtm(within.numpy())), difference.numpy()))
    vector = extract(model, WORDS, "whitened", [1])
    moved = parted(vector.directions[1], expected / expected.norm() * difference.norm())
    assert moved <= torch.linalg.cond(within) * rounding(torch.float32, 2)


def test_it_stands_between_the_mean_difference_and_the_discriminant() -> None:
    model = tiny_model("qwen2")
    mean, whitened, lda = (
        extract(model, WORDS, name, [1]) for name in ("mean_difference", "whitened", "lda")
    )
    assert (mean @ whitened)[1] > (mean @ lda)[1]
    assert (lda @ whitened)[1] > (mean @ lda)[1]
    assert whitened.norms[1] == pytest.approx(mean.norms[1], rel=1e-5)


def test_a_model_without_covariances_is_refused_with_a_sentence() -> None:
    with pytest.raises(VectorError, match="'whitened' needs covariances of states, which LengthReader"):
        method_named("whitened")(LengthReader(), ["a"], ["b"], "all")
