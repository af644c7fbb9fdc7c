from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.pytest_session.collection.families import absent_family, edits, misspelt_family


def test_the_nearest_family_that_a_test_carries_is_meant() -> None:
    sentence = misspelt_family("starcodr", [frozenset({"starcoder"})], {"starcoder2", "starcoder"})

    assert sentence == "-m starcodr: no test is marked 'starcodr'; did you mean 'starcoder'?"


@pytest.mark.parametrize(
    "expression", ["slow", "not starcodr2", "starcodr2 and slow", "gpu", "starcodr2 and gpu"]
)
def test_a_name_is_a_misspelling_where_the_family_would_select_something(expression: str) -> None:
    tests = [frozenset({"starcoder2"}), frozenset({"slow"})]

    assert misspelt_family(expression, tests, {"starcoder2", "gpt2", "slot"}, known={"gpu"}) is None


@pytest.mark.parametrize(
    ("expression", "named"),
    [("llama", True), ("llama or qwen2", True), ("llama and slow", False), ("not llama", False)],
)
def test_a_family_is_absent_where_some_test_was_to_run_on_it(expression: str, named: bool) -> None:
    sentence = absent_family(
        expression, [frozenset({"qwen2"}), frozenset({"phi3"})], {"qwen2", "llama", "phi3"}
    )

    assert (sentence is not None) == named
    assert sentence is None or "the models of this run are: phi3, qwen2." in sentence


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_edits_are_what_the_definition_says(one: str, other: str) -> None:
    def distance(a: str, b: str) -> int:
        if not a or not b:
            return len(a) + len(b)
        if a[0] == b[0]:
            return distance(a[1:], b[1:])
        return 1 + min(distance(a[1:], b), distance(a, b[1:]), distance(a[1:], b[1:]))

    assert edits(one, other) == distance(one, other)
