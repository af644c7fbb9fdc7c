"""The direction of a logistic regression, on states whose right direction is known."""

from __future__ import annotations

import builtins
from typing import Any

import pytest
import torch

from pytest_steering.errors import VectorError
from pytest_steering.extraction.methods import method_named
from tests.extraction.methods.test_pca import Table


def sides(shift: torch.Tensor, n: int = 400) -> tuple[torch.Tensor, torch.Tensor]:
    """Two normal clouds of the same covariance, which a logistic regression parts along Σ⁻¹ shift."""
    generator = torch.Generator().manual_seed(0)
    spread = torch.tensor([2.0, 1.0, 0.5, 1.0])
    one, other = (torch.randn(n, 4, generator=generator) * spread for _ in range(2))
    return 7 + one + shift, 7 + other


def found(positive: torch.Tensor, negative: torch.Tensor) -> torch.Tensor:
    names = [str(n) for n in range(2 * len(positive))]
    half = len(positive)
    table = Table(torch.cat([positive, negative]))
    return method_named("logistic")(table, names[:half], names[half:], "all")[2]


def test_it_is_the_discriminant_of_normal_states_and_as_long_as_the_mean_difference() -> None:
    shift = torch.tensor([1.0, 0.5, 0.5, 0.0])
    positive, negative = sides(shift)
    direction = found(positive, negative)
    expected = shift / torch.tensor([4.0, 1.0, 0.25, 1.0])
    assert float(torch.cosine_similarity(direction, expected, dim=0)) > 0.98
    assert float(direction.norm()) == pytest.approx(float((positive.mean(0) - negative.mean(0)).norm()))


def test_how_long_states_are_changes_no_direction() -> None:
    positive, negative = sides(torch.tensor([1.0, 0.5, 0.5, 0.0]), 20)
    one, other = found(positive, negative), found(1000 * positive, 1000 * negative)
    assert float(torch.cosine_similarity(one, other, dim=0)) > 0.9999


def test_sides_that_change_places_turn_the_direction_round() -> None:
    positive, negative = sides(torch.tensor([1.0, 0.5, 0.5, 0.0]), 20)
    torch.testing.assert_close(found(negative, positive), -found(positive, negative), rtol=1e-3, atol=1e-3)


def test_without_scikit_learn_the_command_that_brings_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("sklearn"):
            raise ImportError(name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(VectorError, match=r"needs scikit-learn: pip install 'pytest-steering\[methods\]'"):
        found(*sides(torch.ones(4), 4))
