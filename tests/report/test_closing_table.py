from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from tqdm.utils import disp_len

from pytest_steering.records import Record
from pytest_steering.report.cell_summary import scored_groups
from pytest_steering.report.closing_table import row_texts, table_columns, table_lines
from pytest_steering.statistics import share_interval
from tests.report.records_at_hand import cell

ARMS = ("unsteered", "steered")


def _table(records: Sequence[Record], width: int) -> list[str]:
    groups = scored_groups(records)
    columns = table_columns(groups)
    return table_lines(groups, columns, [row for one in groups for row in row_texts(one, columns)], width)


def _rows(*records: Record, width: int = 200) -> list[dict[str, str]]:
    """Read the printed table back: the text of each arm by column title."""
    head, rule, *lines = _table(records, width)
    spans, start = [], 0
    for dashes in rule.split("  "):
        spans.append((start, start + len(dashes)))
        start += len(dashes) + 2
    names = [head[a:b].strip() for a, b in spans]
    arms = [line for line in lines if line[:9].strip() in ARMS]
    return [dict(zip(names, (line[a:b].strip() for a, b in spans), strict=True)) for line in arms]


def test_a_row_says_what_can_be_counted_by_hand() -> None:
    before = cell("unsteered", "yyyyyy-s", margins=[3, 4, 5, 6, 1, 2, 0, 9])
    after = cell("steered", "nynyyynn", margins=[-1, 1, -1, 1, -1, 1, -1, 1], layers=[1, 2], scale=1.25)
    first, second = _rows(before, after)

    assert first == {
        "arm": "unsteered",
        "at": "",
        "n": "7",
        "skipped": "1",
        "answered": "0.86",
        "accuracy [95 %]": _interval(3, before),
        "balanced": "0.50",
        "yes-rate": "1.00",
        "TNR": "0.00",
        "MCC": "–",
        # Pairs (vulnerable, patched) that the margin ranks rightly: (4, 6, 2) against (3, 5, 1, 0).
        "AUROC": f"{(3 + 4 + 2) / 12:.2f}",
        "Δ accuracy": "",
        "p": "",
    }
    assert (second["at"], second["n"], second["skipped"]) == ("1,2@1.25", "8", "0")
    assert second["accuracy [95 %]"] == _interval(6, after)
    # Of the seven samples run in both: s0, s2 and s6 fixed, none broken; p is twice 1/8.
    assert (second["Δ accuracy"], second["p"]) == ("+0.43", ".250")


def _interval(right: int, record: Record) -> str:
    ran = [one for one in record.outcomes if not one.skipped]
    counted = [one.correct is True for one in ran]
    low, high = share_interval(counted, [one.resampled_with for one in ran])
    assert sum(counted) == right
    return f"{right / len(ran):.2f} [{low:.2f}, {high:.2f}]"


def test_a_clear_effect_is_clear() -> None:
    _, steered = _rows(cell("unsteered", "y" * 40), cell("steered", "ny" * 20))

    assert (steered["Δ accuracy"], steered["p"]) == ("+0.50", "<.001")


def test_columns_that_say_nothing_are_left_out() -> None:
    (row,) = _rows(cell("unsteered", "nyny"))

    assert not {"skipped", "AUROC", "p", "Δ accuracy"} & row.keys()


def test_without_an_unsteered_arm_nothing_is_compared() -> None:
    (row,) = _rows(cell("steered"))

    assert "Δ accuracy" not in row


def test_arms_are_compared_within_their_model_and_conditions_alone() -> None:
    records = [cell("unsteered", "yyyy"), cell("steered", "nyny"), cell("steered", "nnnn", model="starcoder")]
    rows = _rows(*records)

    assert [row["Δ accuracy"] for row in rows] == ["", "+0.50", ""]


def test_groups_stand_under_their_model_in_order_of_appearance() -> None:
    records = [cell(model="b"), cell(model="a"), cell(model="b", experiment="test_other")]
    lines = _table(records, 200)

    assert [line.split(" · ")[:2] for line in lines if " · " in line] == [
        ["b", "test_truth"],
        ["b", "test_other"],
        ["a", "test_truth"],
    ]


def test_a_cell_that_was_measured_anew_is_one_row_with_its_newest_outcomes() -> None:
    (row,) = _rows(cell("steered", "yyyy"), cell("steered", "nyny", attempt=2))

    assert row["accuracy [95 %]"].startswith("1.00")


def test_cells_that_go_by_one_key_and_differ_are_both_shown() -> None:
    rows = _rows(cell("steered", "yyyy"), cell("steered", "nyny"))

    assert [row["accuracy [95 %]"][:4] for row in rows] == ["0.50", "1.00"]


def test_two_runs_of_one_test_stand_apart_each_beside_its_own_unsteered_cells() -> None:
    first = [cell("unsteered", "yyyy"), cell("steered", "nyny")]
    second = [replace(one, spec={**one.spec, "run": 2}) for one in first]
    lines = _table([*first, *second], 200)

    assert [line.partition(" · ")[2] for line in lines if " · " in line] == [
        "test_truth · twins · test · sentence",
        "test_truth · run 2 · twins · test · sentence",
    ]


def test_a_search_is_no_row() -> None:
    assert scored_groups([cell(purpose="search"), cell(purpose="margin shift")]) == []


@pytest.mark.parametrize("width", [200, 110, 100, 80, 72, 60])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    margins = [1.0, 2.0] * 80
    records = [
        cell("unsteered", "y" * 160, margins=margins),
        cell("random:0", "ny" * 79 + "ss", scale=1.125, margins=margins),
    ]
    lines = _table(records, width)

    assert max(map(len, lines)) <= width
    shown = {name for name in ("TNR", "AUROC", "AUC") if name in lines[0].split()}
    assert any("Not shown" in line for line in lines) == (len(shown) < 2)


def test_in_the_narrowest_table_accuracy_does_not_stand_alone() -> None:
    rows = _rows(cell("unsteered", "yyyy"), cell("steered", "nyny"), width=40)

    assert rows[1].keys() == {"arm", "at", "n", "yes", "acc [95 %]", "Δ acc"}


def test_at_eighty_characters_the_comparison_is_there_too() -> None:
    rows = _rows(cell("unsteered", "yyyy"), cell("steered", "nyny"), width=80)

    assert {"ans", "acc [95 %]", "bal", "yes", "Δ acc", "p"} <= rows[1].keys()


def test_the_widest_rows_keep_what_decides_within_a_hundred_characters() -> None:
    margins = [1.0, 2.0] * 80
    records = [
        cell("unsteered", "y" * 160, margins=margins),
        cell("unembedding:present", "ny" * 80, layers=[10, 11], scale=1.125, margins=margins),
    ]

    decide = ["arm", "at", "n", "ans", "yes", "acc [95 %]", "Δ acc", "p", "bal"]
    assert re.split("  +", _table(records, 100)[0])[: len(decide)] == decide


def test_experiments_about_other_numbers_share_the_columns_that_decide() -> None:
    mean = {"main_metric": "cheer", "scores": {"cheer": {"bounds": [0.0, 1.0]}}}
    scored = [
        replace(one, outcomes=tuple(replace(o, scores={"cheer": share}) for o in one.outcomes), evidence=mean)
        for one, share in ((cell("unsteered", "----"), 0.25), (cell("steered", "----"), 0.75))
    ]
    moved = [replace(one, experiment="test_cheer") for one in scored]
    records = [cell("unsteered", "yyyy"), cell("steered", "nyny"), *moved]
    lines = _table(records, 120)
    rows = _rows(*records, width=120)

    assert [row["Δ result"] for row in rows] == ["", "+0.50", "", "+0.50"]
    assert [row["result [95 %]"][:4] for row in rows] == ["0.50", "1.00", "0.25", "0.75"]
    assert [row["yes-rate"] for row in rows[2:]] == ["", ""]  # of a text nobody asks whether it says yes
    assert "qwen2 · test_cheer · cheer · twins · test · sentence" in lines


@pytest.mark.parametrize("width", [120, 80])
def test_names_of_wide_characters_leave_columns_straight_and_lines_within_the_terminal(width: int) -> None:
    name = "test_日本語の長い名前を持つ実験" * 4
    records = [cell("unsteered", "yyyy", experiment=name), cell("対照群", "nyny", experiment=name)]
    lines = _table(records, width)
    rows = [line for line in lines if line.startswith(("unsteered", "対照群"))]

    assert max(map(disp_len, lines)) <= width
    assert len({disp_len(row[: row.index(" 4 ")]) for row in rows}) == 1


def test_a_long_name_goes_on_in_the_next_line_and_what_tells_conditions_apart_is_not_cut() -> None:
    lines = _table([cell(experiment="test_" + "long_" * 20)], 80)

    assert lines[2].startswith("qwen2 · ")
    assert lines[3].strip().endswith("twins · test · sentence")


def test_a_cell_in_which_every_sample_was_skipped_is_shown_with_dashes() -> None:
    first, _ = _rows(cell("unsteered", "ssss"), cell("steered", "nyny"))

    assert (first["n"], first["skipped"], first["accuracy [95 %]"]) == ("0", "4", "–")


def test_a_margin_that_is_no_number_is_no_margin() -> None:
    (row,) = _rows(cell("unsteered", "nyny", margins=[float("nan"), 1.0, 0.0, 2.0]))

    assert row["AUROC"] == "1.00"
