"""How likely or severe: words, percentages and marks out of ten."""

from __future__ import annotations

import re

from pytest_steering.tasks.security.answers.patterns import one_of

_NONE = one_of("none, no risk, negligible, nil, zero, not applicable, very low, minimal")
_SOME = one_of("critical, severe, very high, high, serious, major")
_WORD = re.compile(rf"(?:(?P<none>{_NONE})|(?P<some>{_SOME}))(?![\w'])")
_NUMBER = re.compile(
    r"(?:about |around |~|≈|<|>)? ?(\d{1,3}(?:\.\d{1,4})?)\s?(%|percent|/ ?100?\b|out of 100?\b)?"
)
_HIGH, _LOW = 0.7, 0.3


def level_of(text: str) -> int | None:
    """Return what a level (lower case) says of the weakness.

    Shares between .3 and .7 leave it open; of *low* and *medium* nobody knows whether they mean the risk of a
    weakness that is there.

    Args:
        text: Such as `high`, `none`, `97%`, `0/10` or `0.03`.

    Returns:
        +1 it is there, -1 it is not, 0 left open; None where the text says nothing.
    """
    word = _WORD.match(text)
    if word is not None:
        return -1 if word["none"] else 1
    number = _NUMBER.match(text)
    if number is None:
        return None
    share = _share(float(number[1]), number[2] or "")
    if share is None:
        return None
    return 1 if share >= _HIGH else -1 if share <= _LOW else 0


def _share(value: float, unit: str) -> float | None:
    scale = 1.0 if not unit else 100.0 if unit in ("%", "percent") or unit.endswith("100") else 10.0
    return value / scale if value <= scale else None
