"""How far pairs agree, on states whose agreement is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.pair_agreement import MOST_PAIRS, pair_reliability, reliability_of
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.steering.vector import SteeringVector
from tests.extraction.test_directions import PAIRS, LengthReader


def states(pairs: int, strength: float, hidden: int = 200, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Two sides that differ along the first axis by some strength, and by chance along all others."""
    generator = torch.Generator().manual_seed(seed)
    shared = 5 * torch.randn(pairs, hidden, generator=generator)
    one, other = (torch.randn(pairs, hidden, generator=generator) / 2**0.5 for _ in range(2))
    one[:, 0] += strength
    return (shared + one).double(), (shared + other).double()


def test_pairs_that_have_nothing_in_common_do_not_agree_however_few_they_are() -> None:
    for pairs in (4, 16, 64):
        found = [reliability_of(*states(pairs, 0.0, seed=seed)) for seed in range(20)]
        assert np.mean([one.agreement for one in found if one.agreement is not None]) == pytest.approx(
            0, abs=0.06
        )
        assert np.mean([one.split_half for one in found if one.split_half is not None]) == pytest.approx(
            0, abs=0.06
        )
        assert all(one.doubtful for one in found)


def test_numbers_are_those_of_a_plain_loop() -> None:
    from sklearn.metrics import roc_auc_score

    positive, negative = states(9, 4.0, hidden=20)
    found, cosines, along = reliability_of(positive, negative), [], []
    for n in range(9):
        rest = [m for m in range(9) if m != n]
        direction = (positive[rest] - negative[rest]).mean(0)
        cosines.append(float(torch.cosine_similarity(positive[n] - negative[n], direction, dim=0)))
        unit = direction / direction.norm()
        along.append((float(positive[n] @ unit), float(negative[n] @ unit)))
    one, other = np.array(along).T
    spread = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2)
    assert found.agreement == pytest.approx(np.mean(cosines))
    assert found.d_prime == pytest.approx((one.mean() - other.mean()) / spread)
    assert found.auroc == pytest.approx(roc_auc_score([1] * 9 + [0] * 9, [*one, *other]))


def test_pairs_that_agree_are_not_doubtful() -> None:
    found = reliability_of(*states(40, 20.0))
    assert found.agreement is not None
    assert found.agreement > 0.75
    assert not found.doubtful


def test_of_one_pair_nothing_is_known_and_of_equal_differences_all_agree() -> None:
    assert reliability_of(*states(1, 1.0)).as_dict() == {
        "pairs": 1, "agreement": None, "split_half": None, "d_prime": None, "auroc": None,
    }  # fmt: skip
    one = torch.zeros(3, 4, dtype=torch.float64)
    alike = reliability_of(one + 1, one)
    assert alike.agreement == pytest.approx(1)
    assert alike.d_prime is None, "no state varies within a side"


def test_an_extracted_vector_says_it_and_keeps_it_until_it_is_added_to_another(tmp_path: Path) -> None:
    vector = extract(LengthReader(), PAIRS)
    assert vector.reliability == pair_reliability(LengthReader(), PAIRS)
    assert set(vector.reliability) == {0, 1}
    assert (-2 * vector).reliability == vector.reliability
    vector.save(tmp_path / "v.safetensors")
    assert SteeringVector.load(tmp_path / "v.safetensors").reliability == vector.reliability
    assert not (vector + vector).reliability


def test_each_text_is_read_once_and_no_more_are_kept_than_need_be() -> None:
    read: list[int] = []

    class Counted(LengthReader):
        def hidden_states(self, prompts: Sequence[str], layers: Any, position: str) -> dict[int, Tensor]:
            read.append(len(prompts))
            return super().hidden_states(prompts, layers, position)

    extract(Counted(), PAIRS, "pca_center")
    assert read == [2 * len(PAIRS)]
    many = [ContrastPair(f"careful {n}", f"plain {'x' * n}", f"s{n}") for n in range(MOST_PAIRS + 40)]
    read.clear()
    assert extract(Counted(), many).reliability[0].pairs == MOST_PAIRS
    assert read == [2 * len(many), 2 * MOST_PAIRS]
