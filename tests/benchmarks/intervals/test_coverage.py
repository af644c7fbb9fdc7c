"""The simulation draws what it says, and a sample of its settings holds the truth as often as it should."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.intervals.coverage import MARKS, TRUTHS, coverage, settings
from benchmarks.intervals.designs import DESIGNS, Design, normals, rates
from benchmarks.intervals.kinds import MEAN, RATES, Kind
from pytest_steering.statistics import Interval, wilson

PAIRS, CLUSTERS = DESIGNS[3], DESIGNS[6]
KINDS = (*RATES, MEAN)


def correlation(design: Design, numbers: np.ndarray[Any, Any]) -> float:
    """Of two samples of one cluster each, over many draws."""
    first = np.cumsum([0, *design.sizes[:-1]])
    return float(np.corrcoef(numbers[:, first].ravel(), numbers[:, first + 1].ravel())[0, 1])


@pytest.mark.parametrize("alike", [0.0, 0.3, 1.0])
def test_samples_of_a_cluster_are_as_alike_as_they_are_said_to_be(alike: float) -> None:
    generator = np.random.default_rng(0)
    shares = np.array([rates(generator, PAIRS, 0.9, alike) for _ in range(400)])
    assert shares.mean() == pytest.approx(0.9, abs=0.02)
    assert correlation(PAIRS, shares) == pytest.approx(alike, abs=0.06)
    numbers = np.array([normals(generator, PAIRS, alike) for _ in range(400)])
    assert correlation(PAIRS, numbers) == pytest.approx(alike, abs=0.06)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("design", [PAIRS, CLUSTERS], ids=lambda design: design.name)
def test_an_interval_holds_the_truth_of_a_few_draws_as_often_as_it_says(kind: Kind, design: Design) -> None:
    assert coverage(kind, design, 0.9, 0.3, draws=60) >= 0.88


def test_an_interval_that_knows_of_no_clusters_would_be_seen() -> None:
    def unaware(
        generator: np.random.Generator, design: Design, rate: float, alike: float
    ) -> tuple[Interval, float]:
        count = int(rates(generator, design, rate, alike).sum())
        return wilson(count, design.samples), rate

    assert coverage(Kind("unaware", unaware), CLUSTERS, 0.5, 1.0, draws=100) < 0.7


def test_the_document_has_a_place_for_the_table() -> None:
    document = (Path(__file__).parents[3] / "docs" / "trust.md").read_text(encoding="utf-8")
    assert document.count(MARKS.begin) == document.count(MARKS.end) == 1
    assert len(settings()) == 18


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_interval_holds_the_truth_in_every_setting(kind: Kind) -> None:
    found = {
        (design.name, alike, rate): coverage(kind, design, rate, alike, draws=200)
        for design, alike in settings()
        for rate in TRUTHS
    }
    assert min(found.values()) >= 0.89, found  # 200 draws of .95 lie below in one of 2,000 settings
