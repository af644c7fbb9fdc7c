from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.run_folder import ledger

PLAIN = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.none(), max_size=3)


def begun() -> dict[str, Any]:
    return {"kind": "begun"}


def written(path: Path, count: int = 4) -> list[str]:
    """The lines of a ledger of an opening and so many entries."""
    for number in range(count):
        ledger.append(path, {"kind": "record", "number": number}, begun)
    return path.read_text().splitlines()


def numbers(path: Path) -> list[Any]:
    """What the entries that count are numbered by."""
    return [entry.content["number"] for entry in ledger.read(path).of("record")]


@settings(max_examples=25)
@given(st.lists(PLAIN.map(lambda one: {**one, "kind": "record"}), min_size=1, max_size=5))
def test_what_is_noted_is_read_in_order_with_the_hash_that_was_returned(
    tmp_path_factory: pytest.TempPathFactory, contents: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("run") / "ledger.jsonl"
    sealed = [ledger.append(path, one, begun) for one in contents]
    found = ledger.read(path)

    assert found.faults == ()
    assert [entry.content for entry in found.entries] == [begun(), *contents]
    assert [entry.sha256 for entry in found.entries][1:] == sealed


@pytest.mark.parametrize("place", range(1, 5))
def test_an_entry_that_was_changed_ends_the_trust_in_all_before_it(tmp_path: Path, place: int) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = written(path)
    lines[place] = lines[place].replace('"number":', '"number":1')
    path.write_text("\n".join([*lines, ""]))

    assert ledger.read(path).faults == (
        f"line {place + 1} of ledger.jsonl is not as it was written; no entry before it counts",
    )
    assert numbers(path) == list(range(place, 4))


@pytest.mark.parametrize("place", range(1, 4))
def test_an_entry_that_was_changed_and_sealed_anew_breaks_the_chain_behind_it(
    tmp_path: Path, place: int
) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = written(path)
    forged = tmp_path / "forged.jsonl"
    forged.write_text("".join(f"{line}\n" for line in lines[:place]))
    ledger.append(forged, {"kind": "record", "number": 99}, begun)
    path.write_text("\n".join([*forged.read_text().splitlines(), *lines[place + 1 :], ""]))
    found = ledger.read(path)

    assert found.faults == (
        f"line {place + 2} of ledger.jsonl follows no entry that is there; no entry before it counts",
    )
    assert numbers(path) == list(range(place, 4))


@pytest.mark.parametrize("place", range(4))
def test_an_entry_that_was_taken_out_breaks_the_chain(tmp_path: Path, place: int) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = written(path)
    del lines[place]
    path.write_text("\n".join([*lines, ""]))

    assert ledger.read(path).faults == (
        f"line {place + 1} of ledger.jsonl follows no entry that is there; no entry before it counts",
    )


def test_an_entry_that_stands_twice_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = written(path)
    path.write_text("\n".join([*lines, lines[2], ""]))

    assert ledger.read(path).faults == ("line 6 of ledger.jsonl stands there a second time",)
    assert numbers(path) == [0, 1, 2, 3]


def test_a_piece_that_a_killed_process_left_is_no_entry_and_breaks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = written(path)
    path.write_text("\n".join([*lines, lines[-1][:50]]))
    ledger.append(path, {"kind": "record", "number": 4}, begun)

    assert ledger.read(path).faults == ()
    assert numbers(path) == [0, 1, 2, 3, 4]


def test_a_line_of_somebody_else_is_named_and_breaks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = written(path)
    path.write_text("\n".join([*lines[:3], "# a note of mine", *lines[3:], ""]))

    assert ledger.read(path).faults == ("line 4 of ledger.jsonl: not an entry of a ledger",)
    assert numbers(path) == [0, 1, 2, 3]


def test_two_processes_that_nothing_keeps_apart_both_have_their_entries(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    before = written(path, 2)
    ledger.append(path, {"kind": "record", "number": 2}, begun)
    one = path.read_text().splitlines()[-1]
    path.write_text("\n".join([*before, ""]))
    ledger.append(path, {"kind": "record", "number": 3}, begun)
    path.write_text("\n".join([*path.read_text().splitlines(), one, ""]))

    assert ledger.read(path).faults == ()
    assert numbers(path) == [0, 1, 3, 2]


def test_nothing_is_added_to_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text("notes of mine\n")

    with pytest.raises(DataError, match="not an entry of a ledger"):
        ledger.append(path, {"kind": "record"}, begun)
    assert path.read_text() == "notes of mine\n"


def test_what_was_begun_anew_leaves_all_before_it_behind(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    written(path, 2)
    ledger.append(path, begun(), begun)
    ledger.append(path, {"kind": "record", "number": 7}, begun)

    assert numbers(path) == [7]
    assert ledger.read(path).faults == ()
