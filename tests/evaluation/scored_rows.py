"""Rows to score: hypothesis strategies, and one hand-made cell."""

from __future__ import annotations

from hypothesis import strategies as st

from pytest_steering.evaluation.metrics import Scored

MARGINS = st.none() | st.sampled_from([-2.0, -0.5, 0.0, 0.5, 2.0]) | st.floats(-9, 9, allow_nan=False)


@st.composite
def cells(draw: st.DrawFn, min_size: int = 0, max_size: int = 30) -> list[Scored]:
    """Rows with unique ids; about half of them in pairs, some of which are incomplete."""
    drawn = draw(
        st.lists(
            st.tuples(st.sampled_from(("yes", "no", "none")), st.integers(0, 1), MARGINS, st.integers(0, 9)),
            min_size=min_size,
            max_size=max_size,
        )
    )
    return [
        Scored(
            id=f"s{number}",
            predicted=predicted,
            expected=expected,
            margin=margin,
            pair_id=f"p{pair}" if pair < 6 else None,
            length=len(predicted) * 10 + number % 4,
            cwe=("CWE-79", "CWE-89", None)[number % 3],
        )
        for number, (predicted, expected, margin, pair) in enumerate(drawn)
    ]


def rows(*answers: tuple[int, str], **common: object) -> list[Scored]:
    """Return one row for each (label, answer)."""
    return [
        Scored(id=str(number), predicted=predicted, expected=expected, **common)  # type: ignore[arg-type]
        for number, (expected, predicted) in enumerate(answers)
    ]
