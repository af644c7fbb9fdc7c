from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering.records import Record
from pytest_steering.report.cost import duration
from pytest_steering.report.terminal import closing_lines, report_lines
from pytest_steering.run_folder.manifest import Manifest, PlannedTest
from pytest_steering.run_folder.runs import Run
from tests.report.records_at_hand import cell


def _run(home: Path, *records: Record) -> Run:
    run = Run(home / "runs" / "20260101T000000Z-abcdef")
    for record in records:
        run.append(record)
    run.keep(Manifest("finished"))
    return run


def test_a_run_ends_with_its_loads_its_records_and_the_command_that_shows_them_again(
    tmp_path: Path,
) -> None:
    loads = {"one": 1, "two": 1, "three": 1}
    run = _run(tmp_path, cell("unsteered"), cell("steered"))
    lines = closing_lines(run, loads, 100)

    assert lines[-4:] == [
        "",
        "3 models, 3 loads",
        f"2 records: {run.path}",
        f"See this table again: pytest-steering report {shlex.quote(str(run.folder))}",
    ]


def test_a_model_that_was_loaded_twice_shows(tmp_path: Path) -> None:
    assert closing_lines(Run(tmp_path), {"one": 2}, 100) == ["1 model, 2 loads"]


def test_what_a_run_lacks_is_said_above_where_its_records_lie(tmp_path: Path) -> None:
    run = _run(tmp_path, cell("unsteered"))
    run.keep(Manifest("stopped", selected={"test_x": PlannedTest("test_x", "one")}))
    lines = closing_lines(run, {}, 100)

    text = " ".join(lines)
    assert "stopped: 1 of 1 tests that make records did not run: test_x" in text
    assert "what is missing is made by: pytest --steering-resume=" in text
    assert lines[-2:-1] == [
        f"1 record: {run.path}",
    ]


def test_samples_that_flipped_are_named_and_the_rest_is_counted() -> None:
    before = cell("unsteered", "y" * 20 + "y-")
    after = cell("steered", "ny" * 10 + "ys")
    lines = report_lines([before, after], 100)

    assert "qwen2 · test_truth" in lines
    assert lines[-1] == "  steering broke none; fixed 10 (s0, s2, s4, s6, s8, 5 more)"


def test_predictors_that_know_nothing_of_the_question_stand_beside_the_cells() -> None:
    lengths = [30, 10, 31, 11, 32, 12, 33, 40]
    cells = [cell("unsteered", "yyyyyyyy"), cell("steered", "nynynyny"), cell("random:0", "yyyyyyyy")]
    long = [replace(one, length=length) for one, length in zip(cells[0].outcomes, lengths, strict=True)]
    lines = report_lines(
        [replace(one, outcomes=tuple(long)) if one is cells[0] else one for one in cells], 150
    )

    # Shorter is called vulnerable: three of the four vulnerable texts lie below all patched ones.
    said = "always yes 0.50, always no 0.50, length only 0.75 (AUROC 0.75)"
    assert f"  knowing nothing of the question: {said}" in lines
    assert "  constant predictors: unsteered, random:0 always yes" in lines


def test_what_steering_broke_is_told_from_what_it_fixed() -> None:
    lines = report_lines([cell("unsteered", "yyyy"), cell("steered", "nnny")], 100)

    assert "  steering broke 1 (s1); fixed 2 (s0, s2)" in lines


def test_a_control_flips_nothing_worth_naming() -> None:
    lines = report_lines([cell("unsteered", "yyyy"), cell("random:0", "nnny")], 100)

    assert not any("broke" in line for line in lines)


def test_what_moved_is_said_where_there_are_margins() -> None:
    ranked = [-1.0, 1.0] * 30
    before = cell("unsteered", "y" * 60, margins=[margin + 9 for margin in ranked])
    lines = report_lines([before, cell("steered", "ny" * 30, margins=ranked)], 200)

    assert any(line.startswith("  what moved: threshold (AUROC 1.000 unsteered") for line in lines)


def test_findings_are_said_once_the_gravest_first() -> None:
    note = {"id": "n", "sentence": "not run: zero", "severity": "note", "advice": "Run it."}
    bad = {"id": "b", "sentence": "the sign is wrong", "severity": "invalid", "advice": "Turn it."}
    records = [
        cell("unsteered", "yyyy", findings=(note,)),
        cell("steered", "nyny", findings=(note, bad)),
        cell("negated", "yyyy", findings=(bad,)),
    ]
    lines = report_lines(records, 100)

    assert lines[-2:] == [
        "  invalid (steered, negated): b (unknown here): the sign is wrong. Turn it.",
        "  note (unsteered, steered): n (unknown here): not run: zero",
    ]


def test_no_effect_is_reported_of_an_invalid_cell() -> None:
    bad = {"id": "b", "sentence": "the sign is wrong", "severity": "invalid"}
    lines = report_lines([cell("unsteered", "yyyy"), cell("steered", "nyny", findings=(bad,))], 100)

    assert not any("broke" in line or "+0.50" in line for line in lines)
    assert any(re.match("steered .* invalid ", line) for line in lines)


def test_two_conditions_of_one_experiment_are_told_apart() -> None:
    def arms(engine: str) -> list[Record]:
        cells = [cell("unsteered", "yyyy"), cell("steered", "nyny")]
        return [replace(one, spec={**one.spec, "engine": engine}) for one in cells]

    lines = report_lines([*arms("hooks"), *arms("nnsight")], 100)

    assert lines.count("qwen2 · test_truth · twins · test · sentence") == 2
    assert lines.count("qwen2 · test_truth · nnsight · twins · test · sentence") == 2


def test_the_time_of_arms_that_share_batches_is_one_number() -> None:
    shared = {"all_arms_seconds": 12.34, "peak_memory_mib": 1500.0}
    later = {"all_arms_seconds": 1.0, "peak_memory_mib": 1600.4}
    records = [
        cell("unsteered", "yyyy", latency=shared),
        cell("steered", "nyny", latency=shared),
        cell("negated", "nyny", latency=later),
    ]

    assert report_lines(records, 100)[-1] == (
        "  scoring all 3 arms took 13.3 s; peak memory of the process 1,600 MiB"
    )


def test_a_person_is_told_what_was_waited_for_and_not_the_arms_time_alone(tmp_path: Path) -> None:
    scored = {"all_arms_seconds": 35.7}
    run = _run(tmp_path, cell("unsteered", latency=scored), cell("steered", latency=scored))
    said = "\n".join(closing_lines(run, {"one": 1}, 300, {"setup": 80.0, "tests": 436.4}))

    assert (
        "tests took 8 min 36 s: 80.0 s to set up (models are loaded and proven), 35.7 s to score arms" in said
    )


@pytest.mark.parametrize(
    ("seconds", "said"), [(2.04, "2.0 s"), (99.96, "100.0 s"), (516.9, "8 min 37 s"), (7260, "2 h 1 min")]
)
def test_a_time_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_search_is_one_line_with_the_best_point_that_was_read() -> None:
    points = [
        cell(purpose="search", layers=[1], scale=0.5, metrics={"accuracy_by_margin": 0.99}),
        cell(
            purpose="search",
            layers=[2],
            scale=1.25,
            metrics={"accuracy_by_margin": 0.9, "accuracy_by_text": 0.875},
        ),
    ]

    assert report_lines(points, 100) == [
        "qwen2 · test_truth",
        "  searched 2 points on test; best 2@1.25, accuracy 0.88",
    ]


def test_another_measurement_is_shown_with_its_numbers() -> None:
    shift = cell(purpose="margin shift", metrics={"ratio": 4.2123, "p": None})

    assert report_lines([shift], 100) == ["qwen2 · test_truth", "  margin shift: ratio 4.212"]


def test_a_run_without_records_says_nothing_about_them() -> None:
    assert report_lines([], 80) == []


@pytest.mark.parametrize("width", [120, 60])
def test_names_from_elsewhere_cannot_move_the_cursor(width: int) -> None:
    evil = "\x1b[2J\x1b]0;title\x07evil\r\nname\u202e"
    records = [
        cell("unsteered", "yyyy", model=evil, experiment=evil),
        cell(evil, "nyny", model=evil, experiment=evil),
        cell("steered", "nyny", model=evil, experiment=evil, findings=({"id": evil, "sentence": evil},)),
        cell(purpose="search", model=evil, metrics={"accuracy_by_margin": 0.5}),
        cell(purpose=evil, model=evil, metrics={evil: 0.5}),
    ]
    text = "\n".join(report_lines(records, width))

    assert "evil name" in text
    assert not {char for char in text if not char.isprintable()} - {"\n"}
