from __future__ import annotations

import pytest

from pytest_steering.records import Record
from pytest_steering.run_folder.manifest import Ending, Manifest, PlannedTest
from pytest_steering.run_folder.record_file import Recorded
from pytest_steering.run_folder.shortfall import shortfalls

FOUND = Recorded((Record({}, node_id="a"),))


def planned(**endings: Ending) -> dict[str, PlannedTest]:
    return {name: PlannedTest(name, "one", ending) for name, ending in endings.items()}


@pytest.mark.parametrize(
    ("manifest", "sentences"),
    [
        (Manifest("finished", selected=planned(a="passed", b="passed")), []),
        (Manifest(), ["status unknown: nothing says which tests were to run and whether all of them did"]),
        (
            Manifest("started", selected=planned(a="", b="", c="passed")),
            ["killed or still going on: 1 of 3 tests that make records left no record: b"],
        ),
        (
            Manifest("stopped", selected=planned(a="passed", b="", c="failed")),
            [
                "stopped: 1 of 3 tests that make records did not run: b",
                "failed: 1 of 3 tests that make records: c",
            ],
        ),
        (
            Manifest("stopped", selected=planned(a="passed"), uncollected=("test_y.py",)),
            ["stopped: 0 of 1 tests that make records did not run", "could not be collected: test_y.py"],
        ),
        (
            Manifest("finished", selected=planned(a="passed", b="skipped")),
            ["skipped: 1 of 2 tests that make records: b"],
        ),
    ],
)
def test_each_thing_that_a_run_lacks_is_a_sentence(manifest: Manifest, sentences: list[str]) -> None:
    assert shortfalls(manifest, FOUND) == sentences


def test_torn_lines_are_named_whatever_the_status() -> None:
    finished = Manifest("finished", selected=planned(a="passed"))

    assert shortfalls(finished, Recorded((), ("line 2 was cut off",))) == ["line 2 was cut off"]


def test_a_run_without_records_that_nobody_planned_lacks_nothing() -> None:
    assert shortfalls(Manifest(), Recorded()) == []


def test_many_tests_are_counted_and_some_of_them_named() -> None:
    endings: dict[str, Ending] = dict.fromkeys("abcdefg", "failed")

    assert shortfalls(Manifest("failed", selected=planned(**endings)), FOUND) == [
        "failed: 7 of 7 tests that make records: a, b, c, d, e, 2 more"
    ]
