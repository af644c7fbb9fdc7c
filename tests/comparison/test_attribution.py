from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from pytest_steering.comparison import pair, what_moved
from tests.experiments.cells import outcome, result, run


def arm(strength: float, shift: float = 0.0, seed: int = 0, count: int = 320) -> list[Any]:
    """Margins that tell vulnerable samples apart by `strength` standard deviations, moved by `shift`."""
    draw = random.Random(seed)
    signs = [1.0 if n % 2 == 0 else -1.0 for n in range(count)]
    margins = [shift + strength * sign / 2 + draw.gauss(0, 1) for sign in signs]
    return [outcome(n, "yes" if m > 0 else "no", m) for n, m in enumerate(margins)]


def test_a_ranking_that_gets_better_is_sensitivity() -> None:
    assert what_moved(pair(arm(0.3, 2.0), arm(2.5))).label == "sensitivity"


def test_a_ranking_that_was_good_and_stays_is_a_threshold_that_moved() -> None:
    assert what_moved(pair(arm(2.0, 3.0), arm(2.0, 0.0))).label == "threshold"


def test_a_ranking_at_chance_before_and_after_is_bias_only() -> None:
    assert what_moved(pair(arm(0.0, 3.0, seed=1), arm(0.0, -3.0, seed=2))).label == "bias only"


def test_a_ranking_within_five_points_of_chance_is_bias_only_however_certain_it_is() -> None:
    certain = [
        replace(one, margin=(-0.1 if one.expected == "yes" else 0.0) + 10 * (n // 2)) for n, one in near()
    ]
    assert what_moved(pair(certain, certain)).label == "bias only"


def near() -> list[tuple[int, Any]]:
    return list(enumerate(arm(0.0)))


def test_a_weak_ranking_that_stays_is_unclear() -> None:
    assert what_moved(pair(arm(0.5), arm(0.5))).label == "unclear"


def test_a_ranking_that_gets_worse_is_unclear() -> None:
    assert what_moved(pair(arm(2.0), arm(0.5))).label == "unclear"


def test_margins_of_one_class_are_unclear_and_say_why() -> None:
    found = what_moved(pair(arm(1.0)[::2], arm(1.0)[::2]))
    assert found.label == "unclear"
    assert "undefined" in found.why


def test_a_result_has_the_label_with_its_numbers() -> None:
    moved = result(run(arm(2.0, 3.0), arm(2.0))).moved
    assert moved.label == "threshold"
    assert "AUROC 0.9" in moved.why
