"""The page of operations: its interventions can be made, and its conftest brings one that runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.operations import OPERATIONS
from tests.repository.blocks import blocks
from tests.repository.files import ROOT
from tests.repository.shown_files import shown_files, write_shown
from tests.tiny import random_vector
from tools.docs_tables import with_tables

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.fixture
def forgotten() -> Iterator[None]:
    """What the page's conftest registers is gone after the test."""
    before = dict(OPERATIONS)
    yield
    OPERATIONS.clear()
    OPERATIONS.update(before)


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    assert with_tables(PAGE) == PAGE


def test_every_intervention_that_the_page_shows_can_be_made(starcoder2: SteerableModel) -> None:
    shown = [one for one in blocks(PAGE) if one.language == "python" and not one.file]
    assert shown
    for block in shown:
        layers = (9, 12, 13)
        exec(
            block.code,
            {
                "vector": random_vector(layers),
                "other": random_vector(layers, seed=1),
                "condition": random_vector(layers, seed=2),
                "model": starcoder2,
                "positive": ["x = 1  # yes"],
                "negative": ["x = 1  # no"],
                "prompts": ["x = 2"],
            },
        )


@pytest.mark.usefixtures("forgotten")
def test_an_operation_of_your_own_in_eight_lines_of_a_conftest_and_a_site_run_in_tests(
    pytester: pytest.Pytester, starcoder2: SteerableModel
) -> None:
    del starcoder2  # torch is there before pytest runs in pytest, which cannot import it twice
    assert len(shown_files(PAGE)["conftest.py"].strip().splitlines()) <= 8
    write_shown(PAGE, pytester.path)
    printed = pytester.runpytest("--steering-model=starcoder2", "--steering-device=cpu")
    printed.assert_outcomes(passed=2)
