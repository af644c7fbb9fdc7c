from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.file_names import nameable


@given(st.text() | st.text("x/~.\0ü\ud800", min_size=1).map(lambda text: text * 300))
def test_what_is_nameable_can_be_looked_for_and_the_rest_is_refused_as_a_value(text: str) -> None:
    with suppress(ValueError):
        Path(nameable(text)).expanduser().exists()
