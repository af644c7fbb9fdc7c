from __future__ import annotations

import pytest

from pytest_steering.counted import counted, have


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 cells"), (1, "1 cell"), (2, "2 cells"), (2000, "2,000 cells")]
)
def test_a_noun_agrees_with_its_count(count: int, said: str) -> None:
    assert counted(count, "cell") == said


def test_a_plural_of_its_own_is_taken() -> None:
    assert [counted(count, "reply", "replies") for count in (1, 2)] == ["1 reply", "2 replies"]


def test_a_verb_agrees_too() -> None:
    assert [have(count, "cell") for count in (1, 2)] == ["1 cell has", "2 cells have"]
    assert [have(count, "id", "stands", "stand") for count in (1, 2)] == ["1 id stands", "2 ids stand"]
