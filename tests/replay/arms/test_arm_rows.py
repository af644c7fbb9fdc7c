from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.replay.arms.arm_answer import ArmAnswer
from pytest_steering.replay.arms.arm_rows import read_arms
from pytest_steering.replay.arms.row_fields import RowFields
from pytest_steering.replay.recorded_answer import Problem
from tests.replay.arms.rows import NO, YES, row, written


def read(folder: Path, *found: object, fields: RowFields | None = None) -> list[ArmAnswer]:
    """The answers of rows, all of which can be used."""
    every = list(read_arms([written(folder / "study.jsonl", found)], fields or RowFields()))
    assert [one for one in every if isinstance(one, Problem)] == []
    return [one for one in every if isinstance(one, ArmAnswer)]


def test_a_long_table_has_an_answer_of_one_arm_a_row(tmp_path: Path) -> None:
    one, other = read(tmp_path, row("a", "unsteered", model="llama"), row("a", "steered", YES, model="llama"))
    assert [(one.model, one.arm), (other.model, other.arm)] == [("llama", "unsteered"), ("llama", "steered")]
    assert (other.prompt, other.outcome.id, other.outcome.response) == ("Do a.", "a", YES)
    assert one.outcome.prompt_sha256 == other.outcome.prompt_sha256
    assert one.outcome.tokens_sha256 != other.outcome.tokens_sha256


def test_a_wide_table_has_one_of_each_arm_a_row(tmp_path: Path) -> None:
    found = {"prompt": "Do it.", "before": NO, "after": YES, "x": 0, "y": True}
    fields = RowFields(
        answers={"baseline": "before", "ablated": "after"}, gold={"baseline": "x", "ablated": "y"}
    )
    one, other = read(tmp_path, found, fields=fields)
    assert [(each.arm, each.outcome.response, each.gold) for each in (one, other)] == [
        ("baseline", NO, 0.0),
        ("ablated", YES, 1.0),
    ]
    assert one.outcome.id == other.outcome.id


def test_what_a_row_does_not_say_comes_from_the_file_and_the_prompt(tmp_path: Path) -> None:
    one, other = read(tmp_path, {"prompt": "A", "response": NO}, {"question": "B", "response": NO})
    assert (one.model, one.arm) == ("study", "recorded")
    assert one.outcome.id != other.outcome.id
    assert one.gold is None


def test_fields_of_other_names_are_named(tmp_path: Path) -> None:
    found = {"id": 1, "condition": "x", "completion": YES, "judged": "No"}
    fields = RowFields(arm="condition", answers={"": "completion"}, gold={"": "judged"})
    (one,) = read(tmp_path, found, fields=fields)
    assert (one.arm, one.outcome.response, one.gold) == ("x", YES, 0.0)


def test_trials_of_one_prompt_are_samples_of_one_cluster(tmp_path: Path) -> None:
    found = read(tmp_path, *(row("a", "steered", trial=number) for number in (1, 2)), row("b", "steered"))
    assert len({one.outcome.id for one in found}) == 3
    assert [one.outcome.resampled_with for one in found] == ["a", "a", "b"]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"response": None}, "no response"),
        ({"response": ["x"]}, "no response"),
        ({"response": 3}, "no response"),
        ({"condition": None}, "no arm"),
        ({"condition": {"a": 1}}, "ill-typed field"),
        ({"model": []}, "ill-typed field"),
        ({"label": 2}, "bad label"),
        ({"label": "maybe"}, "bad label"),
        ({"label": float("nan")}, "bad label"),
        ({"label": [1]}, "bad label"),
        ({"id": None, "prompt": None}, "no sample"),
    ],
)
def test_an_answer_that_cannot_be_used_is_named_with_its_place(
    tmp_path: Path, changes: dict[str, object], kind: str
) -> None:
    fields = RowFields(arm="condition", gold={"": "label"})
    good = row("a", "", condition="steered", label=1)
    path = written(tmp_path / "m.jsonl", [good, {**good, "id": "b", **changes}])
    one, problem = read_arms([path], fields)
    assert isinstance(one, ArmAnswer)
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.line, problem.file) == (kind, 2, "m.jsonl")


def test_a_sample_is_answered_once_in_an_arm_over_all_files(tmp_path: Path) -> None:
    paths = [written(tmp_path / f"{name}.jsonl", [row("a", "steered", model="m")]) for name in ("x", "y")]
    _, problem = read_arms(paths, RowFields())
    assert isinstance(problem, Problem)
    assert problem.message == "the answer to a in the arm 'steered' stands in line 1 of x.jsonl"


def test_a_wide_row_that_lacks_one_answer_keeps_the_others(tmp_path: Path) -> None:
    path = written(tmp_path / "m.jsonl", [{"id": 1, "before": NO}, "no object"])
    fields = RowFields(answers={"unsteered": "before", "steered": "after"})
    answer, missing, broken = read_arms([path], fields)
    assert isinstance(answer, ArmAnswer)
    assert isinstance(missing, Problem)
    assert isinstance(broken, Problem)
    assert (answer.arm, missing.message) == ("unsteered", "field 'after' is missing, expected text")
    assert broken.kind == "no JSON object"


@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b""))))
def test_no_line_is_dropped_in_silence(tmp_path_factory: pytest.TempPathFactory, found: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("arms") / "m.jsonl"
    path.write_bytes(b"\n".join(found))
    assert len(list(read_arms([path], RowFields()))) == len([line for line in found if line.strip()])


def test_a_missing_file_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.jsonl cannot be read"):
        list(read_arms([tmp_path / "none.jsonl"], RowFields()))
