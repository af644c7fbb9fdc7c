from __future__ import annotations

import pytest

from pytest_steering.tasks.thinking import after_thinking


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Paris.", "Paris."),
        ("<think>The capital.</think>\n\nParis.", "Paris."),
        # Some chat templates write where it begins themselves.
        ("The capital.</think> Paris.", "Paris."),
        ("<think>a</think>b<think>c</think>d", "d"),
        ("<think>It never came to an end", None),
        ("<think></think>", ""),
        ("", ""),
    ],
)
def test_what_counts_is_said_after_the_last_thought(text: str, said: str | None) -> None:
    assert after_thinking(text) == said
