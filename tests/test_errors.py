from __future__ import annotations

import pytest

from pytest_steering.errors import did_you_mean


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sentimant", "did you mean 'sentiment'? "),
        ("pca", "did you mean 'pca_diff'? "),
        ("qq", ""),
        ("zzzz", ""),
    ],
)
def test_what_was_meant_is_near_or_goes_on_from_what_was_given(given: str, meant: str) -> None:
    assert did_you_mean(given, ["sentiment", "pca_diff", "pca_center"]) == meant
