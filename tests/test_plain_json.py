"""JSON that would be read as something else than it says is refused in a sentence."""

from __future__ import annotations

import pytest

from pytest_steering.errors import DataError
from pytest_steering.plain_json import parsed


def test_what_json_says_is_read() -> None:
    assert parsed(b'{"a": [1, -2.5e3, "\\u001b", null, true]}') == {"a": [1, -2500.0, "\x1b", None, True]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not JSON"),
        ('{"a": 1', "not JSON"),
        (b'{"a": "\xff"}', "not JSON"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "'c' stands in one object 2 times"),
        ('{"a": NaN}', "NaN is no number of JSON"),
        ('{"a": -Infinity}', "-Infinity is no number of JSON"),
        ('{"a": 1e999}', "1e999 is too large"),
        (f'{{"a": {"9" * 400}}}', "a number of 400 digits"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_anything_else_is_a_sentence(text: str | bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        parsed(text)
