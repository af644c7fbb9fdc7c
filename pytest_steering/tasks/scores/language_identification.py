"""The language of an answer, by py3langid: a model of 140 languages that comes with the package."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.scores.extra import needed_by
from pytest_steering.tasks.scores.text_score import TextScore
from pytest_steering.tasks.scores.wording import words

_CODE = re.compile(r"[a-z]{2,3}")


def language(code: str) -> TextScore:
    """Return whether a language is the likeliest of an answer, 1 or 0: the mean is a share of answers.

    Limits: a few words are often taken for another language; an answer of two languages counts as the one
    with more evidence; "La la la la" is some language too, French in older versions of the library. Let
    `repetition` decide with it. An answer without a word has none.

    Args:
        code: ISO 639, such as `fr`; the score is then called `language_fr`.

    Raises:
        DataError: It is no such code.
    """
    if not _CODE.fullmatch(code):
        raise DataError(f"the language is given as {code!r}; expected an ISO 639 code such as 'fr'")
    return TextScore(
        f"language_{code}",
        better="neither",
        bounds=(0.0, 1.0),
        unit="share",
        meaning=f"whether the answer's likeliest language is {code!r}, by py3langid",
        of=partial(_is, code),
    )


def _is(code: str, text: str) -> float | None:
    identifier = _identifier()
    if code not in identifier.labels:
        known = ", ".join(sorted(identifier.labels))
        raise DataError(f"py3langid does not know the language {code!r}; it knows {known}")
    return float(identifier.classify(text)[0] == code) if words(text) else None


@cache
def _identifier() -> Any:
    with needed_by("language"):
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    return LanguageIdentifier.from_model_file(MODEL_FILE)
