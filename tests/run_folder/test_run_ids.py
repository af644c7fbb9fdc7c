from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_steering.run_folder.run_ids import latest, new_id


@pytest.mark.parametrize(
    ("there", "stamp"),
    [
        ("20991231T235959Z-ffffff", "21000101T000000Z"),
        ("20991299T235959Z-ffffff", None),
        ("99991231T235959Z-ffffff", None),
        ("before the change", None),
    ],
)
def test_an_id_sorts_behind_those_that_are_there_though_the_clock_went_back(
    tmp_path: Path, there: str, stamp: str | None
) -> None:
    (tmp_path / there).mkdir()
    made = new_id(tmp_path)
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{6}", made)
    assert made.startswith(stamp or "20")


def test_runs_one_after_another_in_one_second_sort_as_they_were_made(tmp_path: Path) -> None:
    made = []
    for _ in range(5):
        made.append(new_id(tmp_path))
        (tmp_path / made[-1]).mkdir()
    assert sorted(made) == made
    assert latest([tmp_path / name for name in made]).name == made[-1]


def test_a_copy_under_another_name_is_not_the_latest_run(tmp_path: Path) -> None:
    run, copy = tmp_path / "20260101T000000Z-aaaaaa", tmp_path / "before the change"
    assert latest([run, copy]) == run
    assert latest([copy]) == copy
