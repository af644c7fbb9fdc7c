"""The rows of the table of scores: what each is, and its limits as its own docstring has them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence

from pytest_steering.limit import Limit
from pytest_steering.tasks.scores import Score, language, pattern, word_list
from pytest_steering.tasks.scores.named import BUILT_IN

HEAD = ("score", "what it is", "range", "as a guard it allows", "limits")

EXAMPLES: dict[str, tuple[str, Callable[[], Score]]] = {
    "language": ('language("fr")', lambda: language("fr")),
    "pattern": ("pattern(expression, name)", lambda: pattern("a", "name")),
    "word_list": ("word_list(phrases, name)", lambda: word_list(["a"], "name")),
    "bullets": ("bullets(count)", lambda: BUILT_IN["bullets"](3)),
    "word_count": ("word_count(least, most)", lambda: BUILT_IN["word_count"](1, 9)),
    "classifier": ("classifier(path, label)", lambda: BUILT_IN["classifier"]("path", "label")),
    "judge": ("judge(criterion)", lambda: BUILT_IN["judge"]("criterion")),
}
"""Scores that take arguments: how they are called, and one of them."""


def score_rows(shown_range: Callable[[float | None, float | None], str]) -> Iterator[Sequence[str]]:
    """Yield a row for each built-in score but `combined`, which is made of others.

    Args:
        shown_range: The text of a least and a largest value.
    """
    for name, function in BUILT_IN.items():
        if name == "combined":
            continue
        call, make = EXAMPLES.get(name, (f"{name}()", function))
        score = make()
        says, limits = _said(function)
        unit = f" {score.unit}" if score.unit else ""
        yield f"`{call}`", says, f"{shown_range(*score.bounds)}{unit}".strip(), _guard(score.limit), limits


def _said(function: Callable[..., Score]) -> tuple[str, str]:
    """Return what a docstring says first, and its paragraph of limits."""
    paragraphs = [" ".join(one.split()) for one in (inspect.getdoc(function) or "").split("\n\n")]
    limits = next((one for one in paragraphs if one.startswith("Limits: ")), "").removeprefix("Limits: ")
    return paragraphs[0].removeprefix("Return ").rstrip("."), limits


def _guard(limit: Limit | None) -> str:
    if limit is None:
        return ""
    ends = [
        f"{word} {end:g}"
        for word, end in (("at least", limit.least), ("at most", limit.most))
        if end is not None
    ]
    beside = {"": "", "ratio": " times the unsteered median", "difference": " above the unsteered median"}
    return " and ".join(ends) + beside[limit.beside]
