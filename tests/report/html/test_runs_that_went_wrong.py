"""Pages of runs that are old, killed, empty or full of what no page expects: each says what is so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering.report.html.run_page import run_page
from pytest_steering.report.html.run_view import run_view
from pytest_steering.run_folder.manifest import Manifest, PlannedTest, Status
from pytest_steering.run_folder.runs import Run, find_run
from tests.report.html.runs_at_hand import HOSTILE, compared, experiments, failed, page_of, unpacked

TEXTS = ("rule", "chosen", "wanted", "response", "tied_text", "pair_id")

SCHEMA_1 = Path(__file__).parents[2] / "gate" / "schema_1" / "records.jsonl"


def text_of(page: str) -> str:
    """Return what of a page is text, without its data."""
    shown = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", shown).split())


def test_records_of_the_first_schema_have_a_page(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_bytes(SCHEMA_1.read_bytes())
    page = run_page(run_view(find_run(str(tmp_path), tmp_path), {}))
    texts = [arm for arms in unpacked(page, "experiment-1-texts-0") for arm in arms]

    assert "nobody wrote down how it went" in text_of(page)
    assert re.search(r'data-value="-?\d\.\d+"', page)
    assert texts
    assert not any("evidence" in one for one in texts)


def test_a_killed_run_says_so_above_all_else(tmp_path: Path) -> None:
    first, second, third = experiments()
    run = Run(tmp_path / "runs" / "20260101T000000Z-abcdef")
    for record in (first, second):
        run.append(record)
    tests = {
        third.node_id: PlannedTest(third.experiment_id, "qwen2"),
        "t.py::other": PlannedTest("other", "qwen2"),
    }
    run.keep(Manifest("started", selected=tests))
    with run.path.open("ab") as file:
        file.write(b'{"arm": "random:0", "outc')
    told = text_of(run_page(run_view(run, {})))

    assert told.index("not finished: killed, or still going on") < told.index("What was found")
    assert "killed or still going on: 1 of 2 tests that make records left no record: t.py::other" in told
    assert "line 3 of records.jsonl was cut off as it was written" in told
    assert "not written down" in told


@pytest.mark.parametrize(
    ("went", "said"),
    [
        ("failed", "with tests that failed"),
        ("stopped", "before every test"),
        ("finished", "all tests passed"),
    ],
)
def test_how_a_run_went_stands_beside_its_name(tmp_path: Path, went: Status, said: str) -> None:
    run = Run(tmp_path / "runs" / "20260101T000000Z-abcdef")
    run.keep(Manifest(went, selected={"t.py::a": PlannedTest("a", "m")}))
    page = text_of(run_page(run_view(run, {})))

    assert said in page
    assert "This run holds no scored experiment" in page


def test_an_arm_of_which_no_sample_was_run_tells_no_change(tmp_path: Path) -> None:
    unsteered, steered, random = experiments()
    none = [one.but(skipped="the state overflowed", correct=None) for one in steered.outcomes]
    page = page_of(tmp_path, unsteered, replace(steered, outcomes=none), random)
    samples = unpacked(page, "experiment-1-texts-0")

    assert "Not compared" in text_of(page)
    assert "No change can be told" in text_of(page)
    assert {arms[1]["skipped"] for arms in samples} == {"the state overflowed"}
    assert set(unpacked(page, "experiment-1-index")["became"]["steered"]) == {"skipped"}


def test_a_step_that_failed_is_quoted_beside_those_that_did_not(tmp_path: Path) -> None:
    one, other = experiments(2)[:3], experiments(2)[3:]
    page = text_of(page_of(tmp_path, *one, *(failed(record) for record in other)))

    assert "the machine ran out of memory" in page
    assert {"1 no effect shown", "1 failed"} <= set(re.findall(r"1 (?:no effect shown|failed)", page))


def test_runs_of_which_one_is_empty_are_compared(tmp_path: Path) -> None:
    assert "share no experiment" in text_of(compared(tmp_path, [], experiments()))


def test_nothing_hostile_in_any_field_is_more_than_text(tmp_path: Path) -> None:
    records = [
        replace(
            record,
            environment={"device": HOSTILE, "versions": {HOSTILE: HOSTILE}, "python": HOSTILE},
            provenance={"method": HOSTILE, "sha256": HOSTILE, "dataset": HOSTILE},
            evidence={"task": [HOSTILE], "scores": {"joy": {"meaning": HOSTILE, "unit": HOSTILE}}},
            findings=({"id": HOSTILE, "severity": HOSTILE, "sentence": HOSTILE, "advice": HOSTILE},),
            outcomes=[
                one.but(
                    **dict.fromkeys(
                        ("rule", "chosen", "wanted", "response", "tied_text", "pair_id"), HOSTILE
                    ),
                    scores={HOSTILE: 1.0, "joy": 0.5},
                    faults={HOSTILE: HOSTILE},
                    spans={HOSTILE: [[0, 3]]},
                    skipped=one.skipped and HOSTILE,
                )
                for one in record.outcomes
            ],
        )
        for record in experiments(1, HOSTILE)
    ]
    page = page_of(tmp_path, *records)
    page.encode("utf-8")

    assert not {"\u202e", "\u2028", "\0", "\ud800"} & set(page)
    assert not re.search(r"<img|onerror=alert\(1\)>[^<]*<(?!/)img", page)
    assert page.count("<script") == page.count("</script>")
    assert unpacked(page, "experiment-1-texts-0")[0][0]["rule"] == HOSTILE
