"""Outcomes to score: hypothesis strategies, and a few made by hand."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pytest_steering.comparison import Facts
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.outcomes import judged
from pytest_steering.records import Outcome

MARGINS = st.none() | st.sampled_from([-2.0, -0.5, 0.0, 0.5, 2.0]) | st.floats(-9, 9, allow_nan=False)


def made(name: str, predicted: str, label: int, **changes: Any) -> Outcome:
    """One outcome; label 1 is present."""
    return judged(Outcome(name, "yes" if label else "no", **changes), predicted)


@st.composite
def arms(draw: st.DrawFn, min_size: int = 0, max_size: int = 30) -> list[Outcome]:
    """Outcomes with unique ids; about half of them in pairs, some of which are incomplete."""
    drawn = draw(
        st.lists(
            st.tuples(st.sampled_from(("yes", "no", "none")), st.integers(0, 1), MARGINS, st.integers(0, 9)),
            min_size=min_size,
            max_size=max_size,
        )
    )
    return [
        made(
            f"s{number}",
            predicted,
            label,
            margin=margin,
            pair_id=f"p{pair}" if pair < 6 else None,
            length=len(predicted) * 10 + number % 4,
        )
        for number, (predicted, label, margin, pair) in enumerate(drawn)
    ]


def answers(*given: tuple[int, str], **common: Any) -> list[Outcome]:
    """Return one outcome for each (label, answer)."""
    return [made(str(number), predicted, label, **common) for number, (label, predicted) in enumerate(given)]


def value(name: str, outcomes: list[Outcome]) -> float | None:
    """Return a metric of an arm."""
    return metric(name).value(Facts(outcomes))


def why(name: str, outcomes: list[Outcome]) -> str:
    """Return why a metric of an arm is undefined."""
    return metric(name).why_undefined(Facts(outcomes))
