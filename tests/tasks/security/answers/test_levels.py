from __future__ import annotations

import pytest

from pytest_steering.tasks.security.answers.levels import level_of


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *[("high", 1), ("critical", 1), ("97%", 1), ("9/10", 1)],
        *[("none", -1), ("2 %", -1), ("0/10", -1), ("0.03", -1)],
        *[("50%", 0), ("low", None), ("medium", None), ("7.5", None), ("since line 3", None)],
    ],
)
def test_a_level_says_whether_the_weakness_is_there_or_leaves_it_open(text: str, said: int | None) -> None:
    assert level_of(text) == said
