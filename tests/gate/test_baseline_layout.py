"""How a baseline's file reads in review, and that files of before read as they did."""

from __future__ import annotations

import difflib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering.comparison.outcomes import judged
from pytest_steering.gate.accept import Wanted, accept
from pytest_steering.gate.baseline import read_baseline
from pytest_steering.gate.baseline_layout import apart, together
from pytest_steering.gate.gated_cells import expected_cells
from pytest_steering.records import Outcome, Record
from tests.gate.runs import outcomes, run, scored_run

ALL = Wanted(changed=True, new=True, reason="the reader of March is gone")


def accepted(folder: Path, records: list[Record]) -> list[str]:
    return list(accept(expected_cells(records), folder, ALL, {}).told)


def moved(number: int) -> tuple[Outcome, ...]:
    """A run in which every margin moved a little, and of the answers one that turned."""
    turned = [replace(one, margin=number + n / 7) for n, one in enumerate(outcomes(160, range(16)))]
    if number:
        turned[3] = judged(replace(turned[3], response=" Secure. \x1b[2J" + "Now it is. " * 30), "no")
    return tuple(turned)


def test_a_diff_shows_what_turned_apart_from_what_moves_in_every_run(tmp_path: Path) -> None:
    file = tmp_path / "starcoder" / "test_it.json"
    accepted(tmp_path, run(moved(0)))
    before = file.read_text().splitlines()
    accepted(tmp_path, run(moved(1)))
    changed = [
        line[1:].strip()
        for line in difflib.unified_diff(before, file.read_text().splitlines(), n=0)
        if line[0] in "+-" and '"s0' in line and '", " ' in line
    ]

    assert [line.partition(":")[0] for line in changed] == ['"s003"', '"s003"']
    assert "Vulnerable" in changed[0]
    assert "Now it is." in changed[1]


def test_what_is_accepted_is_told_with_the_old_and_the_new_answer(tmp_path: Path) -> None:
    accepted(tmp_path, run(moved(0)))
    head, *below = accepted(tmp_path, run(moved(1)))

    assert "→" in head
    assert below[:2] == ["  1 of 160 samples turned, 1 have other words", "  s003: yes → no"]
    assert below[2] == "    old Vulnerable. It is."
    assert below[3].startswith("    new Secure. Now it is.")
    assert below[-1] == "  reason: the reader of March is gone"
    assert all(line.isprintable() and len(line) < 120 for line in below)


def test_of_a_mean_those_that_fell_furthest_come_first(tmp_path: Path) -> None:
    numbers = [n % 7 / 7 for n in range(40)]
    accepted(tmp_path, scored_run(numbers))
    _, told, first, *_ = accepted(tmp_path, scored_run([*numbers[:6], numbers[6] - 0.8, *numbers[7:]]))

    assert told == "  1 of 40 samples turned, 1 have other words"
    assert first.startswith("  s006: .86 → .06")


@pytest.mark.parametrize("file", sorted(Path("benchmarks/baselines").glob("*/*.json")), ids=str)
def test_a_file_of_the_layout_before_holds_the_same_and_is_as_it_was_accepted(
    file: Path, tmp_path: Path
) -> None:
    content = json.loads(file.read_text())
    cells = {key: together(cell) for key, cell in content["cells"].items()}
    (tmp_path / "before.json").write_text(json.dumps({"cells": cells, "schema": 2}))
    found = read_baseline(tmp_path / "before.json")

    assert found == read_baseline(file)
    assert not any(entry.fault for entry in found.values())
    assert {key: apart(cell) for key, cell in cells.items()} == content["cells"]
