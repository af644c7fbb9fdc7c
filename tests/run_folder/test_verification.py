from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.records import Outcome, Record
from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.runs import Run


def cell(number: int, **changes: Any) -> Record:
    outcomes = tuple(Outcome(f"s{n}", "yes", ("yes", "no")[n % 2], correct=n % 2 == 0) for n in range(4))
    made = {
        "spec": {"purpose": "score"},
        "arm": f"random:{number}",
        "outcomes": outcomes,
        "node_id": "t.py::t",
    }
    return Record(**{**made, **changes})


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run of four cells that was written to its end."""
    found = Run(tmp_path / "runs" / "one")
    found.keep(Manifest("started"))
    for number in range(4):
        found.append(cell(number))
    found.keep(Manifest("finished"))
    return found


def rewritten(run: Run, change: Callable[[list[str]], list[str]]) -> None:
    """Change the records by hand."""
    run.path.write_text("".join(f"{line}\n" for line in change(run.path.read_text().splitlines())))


def arms(run: Run) -> list[str]:
    return [record.arm for record in run.read().records]


def flipped(line: str) -> str:
    row = json.loads(line)
    row["outcomes"][1] |= {"predicted": "yes", "correct": True}
    return json.dumps(row, sort_keys=True)


def exchanged(line: str) -> str:
    row = json.loads(line)
    one, other = row["outcomes"][:2]
    one["predicted"], other["predicted"] = other["predicted"], one["predicted"]
    return json.dumps(row, sort_keys=True)


def test_what_was_written_is_vouched_for(run: Run) -> None:
    found = run.read()

    assert found.vouched
    assert found.doubts == ()
    assert found.records == tuple(cell(number) for number in range(4))


@pytest.mark.parametrize("change", [flipped, exchanged, lambda line: line.replace('"attempt"', ' "attempt"')])
def test_a_record_that_was_edited_is_named_and_passed_over(run: Run, change: Callable[[str], str]) -> None:
    rewritten(run, lambda lines: [*lines[:1], change(lines[1]), *lines[2:]])

    assert arms(run) == ["random:0", "random:2", "random:3"]
    assert run.read().doubts == (
        "line 2 of the records (random:1 of t.py::t) is not as it was written: the ledger knows no such "
        "record; it is passed over",
    )


def test_a_record_that_was_made_up_is_named_and_passed_over(run: Run) -> None:
    rewritten(run, lambda lines: [*lines, lines[0].replace("random:0", "steered")])

    assert "steered" not in arms(run)
    assert "line 5 of the records (steered of t.py::t) is not as it was written" in run.read().doubts[0]


def test_a_line_that_was_taken_from_the_middle_is_named(run: Run) -> None:
    rewritten(run, lambda lines: [*lines[:2], *lines[3:]])

    assert run.read().doubts == (
        "the record of random:2 of t.py::t is in the ledger alone: its line was taken away, or its process "
        "was killed as it wrote it",
    )
    run.append(cell(2))
    assert run.read().doubts == ()


def test_a_line_that_stands_twice_is_named_and_counts_once(run: Run) -> None:
    rewritten(run, lambda lines: [*lines, lines[1]])

    assert arms(run) == [f"random:{number}" for number in range(4)]
    assert "line 5 of the records (random:1 of t.py::t) stands there a second time" in run.read().doubts[0]


def test_the_order_of_lines_says_nothing(run: Run) -> None:
    again = cell(1, attempt=2, outcomes=())
    run.append(again)
    rewritten(run, lambda lines: [lines[4], *reversed(lines[:4])])

    assert run.read().records == (*(cell(number) for number in range(4)), again)
    assert run.read().doubts == ()


def test_many_edits_are_not_many_lines(run: Run) -> None:
    for number in range(4, 20):
        run.append(cell(number))
    rewritten(run, lambda lines: [flipped(line) for line in lines])

    assert run.read().doubts[-1] == "and so of 15 more records"
    assert len(run.read().doubts) == 6


def test_records_without_a_ledger_are_read_and_nothing_vouches_for_them(run: Run) -> None:
    run.ledger_path.unlink()
    run.manifest_path.unlink()

    assert len(arms(run)) == 4
    assert not run.read().vouched
    assert run.read().doubts == ()


def test_a_ledger_that_is_begun_on_records_of_old_says_that_they_are_older(run: Run) -> None:
    run.ledger_path.unlink()
    run.manifest_path.unlink()
    run.append(cell(4))

    assert len(arms(run)) == 5
    assert run.read().doubts == ("4 records are older than the ledger; nothing vouches for them",)


def taken_away(ledger: Path) -> None:
    ledger.unlink()


def cut(ledger: Path) -> None:
    ledger.write_text("".join(ledger.read_text().splitlines(keepends=True)[:4]))


@pytest.mark.parametrize("harm", [taken_away, cut])
@pytest.mark.parametrize("gone_on_with", [False, True])
def test_a_ledger_that_was_taken_away_or_cut_vouches_for_nothing(
    run: Run, gone_on_with: bool, harm: Callable[[Path], None]
) -> None:
    harm(run.ledger_path)
    if gone_on_with:
        run.keep(Manifest("started", ledger=run.manifest.ledger))
        assert arms(run) == []
    else:
        assert not run.read().vouched
    assert run.read().doubts


def test_a_process_that_was_killed_between_ledger_and_record_loses_no_other_record(run: Run) -> None:
    run.append(cell(4))
    rewritten(run, lambda lines: lines[:4])

    assert len(arms(run)) == 4
    assert "random:4 of t.py::t is in the ledger alone" in run.read().doubts[0]


def _write(folder: Path, worker: int) -> None:
    for number in range(20):
        Run(folder).append(cell(100 * worker + number))


def test_the_chain_holds_with_several_processes_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "one"
    spawned = multiprocessing.get_context("fork")
    workers = [spawned.Process(target=_write, args=(folder, number)) for number in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    found = Run(folder).read()

    assert found.doubts == ()
    assert len(found.records) == 60
