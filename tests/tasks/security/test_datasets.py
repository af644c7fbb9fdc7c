"""Data sets by name: the embedded twins, the user's own files, and what is said when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.errors import DataError
from pytest_steering.experiments.neutral_texts import load_neutral
from pytest_steering.tasks.overlap import overlap, refuse_overlap, without_overlap
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.code_sample import code_sample
from pytest_steering.tasks.security.datasets import (
    DATASETS,
    load_dataset,
    register_dataset,
    without_faults,
)
from tests.tasks.security.data_folders import known

ROW = {"id": "a", "code": "int x;", "language": "c", "label": 1, "asked_cwe": "CWE-787"}


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def own(path: Path) -> list[Sample]:
    return load_dataset("jsonl", paths={"jsonl": path})


def sample(name: str, **changes: Any) -> Sample:
    return code_sample(**{**ROW, "dataset": "d", "id": name, **changes})


def test_the_embedded_twins_are_pairs_within_one_split() -> None:
    twins = load_dataset("twins")
    splits: dict[str | None, set[str]] = {}
    for one in twins:
        splits.setdefault(one.pair_id, set()).add(one.split)
    assert len(splits) * 2 == len(twins)
    assert all(len(found) == 1 for found in splits.values())
    assert {one.metadata.get("license") for one in twins} == {"MIT"}


def test_a_split_is_that_split_alone() -> None:
    assert {one.split for one in load_dataset("twins", split="dev")} == {"dev"}


def test_an_unknown_split_names_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"no split 'holdout'; it has .*test"):
        load_dataset("twins", split="holdout")


def test_the_embedded_splits_share_nothing() -> None:
    assert overlap(load_dataset("twins", split="train"), load_dataset("twins", split="test")) == []


def test_neutral_texts_are_embedded() -> None:
    texts = load_neutral()
    assert len(texts) > 100
    assert all(text.strip() for text in texts)


def test_an_own_file_becomes_samples_with_the_optional_fields(tmp_path: Path) -> None:
    row = {**ROW, "lines": [3], "difficulty": "hard", "split": "dev", "unknown": 1}
    (found,) = own(lines(tmp_path / "own.jsonl", row))
    assert (found.label, found.split) == (1, "dev")
    assert known(found, "lines", "difficulty") == ((3,), "hard")
    assert found.dataset == "jsonl"


def test_any_name_with_a_path_is_an_own_file_under_that_name(tmp_path: Path) -> None:
    path = lines(tmp_path / "own.jsonl", ROW)
    (found,) = load_dataset("mine", paths={"mine": path})
    assert found.dataset == "mine"


@pytest.mark.parametrize("field", ["id", "code", "language", "label", "asked_cwe"])
def test_a_missing_field_names_file_line_and_field(tmp_path: Path, field: str) -> None:
    path = lines(tmp_path / "own.jsonl", ROW, {key: ROW[key] for key in ROW if key != field})
    with pytest.raises(DataError, match=rf"own\.jsonl, line 2: field '{field}' is missing"):
        own(path)


@pytest.mark.parametrize("value", [2, -1, "1", True, 0.5, None, [1]])
def test_a_label_outside_0_and_1_is_refused(tmp_path: Path, value: object) -> None:
    with pytest.raises(DataError, match=r"line 1: field 'label' is .*expected 1"):
        own(lines(tmp_path / "own.jsonl", {**ROW, "label": value}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": ""}, "'code' is '', expected text"),
        ({"language": 3}, "'language' is 3, expected text"),
        ({"pair_id": 3}, "'pair_id' is 3, expected text"),
        ({"lines": [0]}, r"'lines' is \[0\], expected a list of line numbers from 1"),
        ({"lines": "3"}, "'lines' is '3'"),
        ({"sha256": "0" * 64}, "'sha256' is not the hash of 'code'"),
        ({"pair_id": "p", "pair_role": "patched"}, "'pair_role' is 'patched' where the label is 1"),
    ],
)
def test_an_ill_typed_field_is_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        own(lines(tmp_path / "own.jsonl", {**ROW, **change}))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps(ROW).encode() + b'\n{"id": "b", "co', "line 2: not JSON .*may be cut off"),
        (json.dumps({**ROW, "code": "é"}, ensure_ascii=False).encode("latin-1"), "line 1: not UTF-8 at byte"),
        (b"[1]\n", "it is a JSON array; make JSON lines of it"),
        (b"[" * 100_000, "is no JSON lines: it is a JSON array"),
        (b"\n\n", "holds no samples"),
    ],
)
def test_a_file_that_is_no_json_lines_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        own(path)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(ROW).encode())
    assert len(own(path)) == 1


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_path_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        own(tmp_path / name)


def test_duplicate_ids_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"1 id stands more than once \(a\)"):
        own(lines(tmp_path / "own.jsonl", ROW, ROW))


def test_a_pair_without_its_twin_is_named(tmp_path: Path) -> None:
    rows = [{**ROW, "pair_id": "p"}, {**ROW, "id": "b", "pair_id": "p"}]
    with pytest.raises(DataError, match=r"1 pair ids .* \(p\)"):
        own(lines(tmp_path / "own.jsonl", *rows))


def test_an_unknown_data_set_names_the_known_ones() -> None:
    with pytest.raises(
        DataError, match=r"no data set is named 'twin'; did you mean 'twins'\? known are castle, .*twins"
    ):
        load_dataset("twin")


@pytest.mark.parametrize("name", ["secllmholmes", "castle", "sven", "jsonl"])
def test_a_data_set_outside_the_package_asks_for_its_path(name: str) -> None:
    with pytest.raises(DataError, match=f"--steering-data {name}=PATH"):
        load_dataset(name)


def test_a_registered_data_set_is_loaded_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_steering.tasks.security.datasets.loaders.DATASETS", dict(DATASETS))
    register_dataset("ours", lambda _: [sample("one")])
    assert [one.id for one in load_dataset("ours")] == ["one"]
    with pytest.raises(DataError, match="'ours' is registered already"):
        register_dataset("ours", lambda _: [])


def test_the_hub_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "datasets", None)
    with pytest.raises(DataError, match=r"pip install 'pytest-steering\[hub\]'"):
        load_dataset("hub:owner/name")


def test_hub_rows_become_samples_of_their_split(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str | None]] = []

    class Library:
        @staticmethod
        def load_dataset(name: str, revision: str | None) -> dict[str, list[dict[str, object]]]:
            asked.append((name, revision))
            return {"validation": [{**ROW, "difficulty": None}]}

    monkeypatch.setitem(__import__("sys").modules, "datasets", Library)
    (found,) = load_dataset("hub:owner/name@abc")
    assert (found.split, found.dataset) == ("validation", "hub:owner/name@abc")
    assert "difficulty" not in found.metadata
    assert asked == [("owner/name", "abc")]


def test_dropping_faults_drops_doubtful_labels_and_wrong_reasons() -> None:
    samples = [
        sample("good", reason="r"),
        sample("label", label_status="doubtful"),
        sample("reason", label_status="reason doubtful", reason="wrong"),
    ]
    kept = [(one.id, one.metadata["reason"]) for one in without_faults(samples)]
    assert kept == [("good", "r"), ("reason", None)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"id": "t"}, "same id"),
        ({"pair_id": "p"}, "same pair"),
        ({"augmentation": "A1", "base_id": "t"}, "same original"),
        ({"dataset": "other", "code": "int t; // note\n"}, "same text"),
        ({"dataset": "other", "code": "int  t ;"}, "same text"),
    ],
)
def test_a_scored_sample_that_was_trained_on_is_refused(change: dict[str, Any], why: str) -> None:
    train = [sample("t", code="int t;", pair_id="p")]
    scored = [
        sample(
            **{"name": "s", "code": "int s;", **{("name" if k == "id" else k): v for k, v in change.items()}}
        )
    ]
    with pytest.raises(DataError, match=rf"1 of 1 scored samples .*{why} as t.*score another split"):
        refuse_overlap(train, scored)


def test_samples_of_one_template_may_be_trained_on_and_scored() -> None:
    train, scored = [sample("t", code="a", base_id="f")], [sample("s", code="b", base_id="f")]
    refuse_overlap(train, scored)
    assert overlap(train, scored) == []


def test_a_pair_leaves_when_one_of_its_twins_was_trained_on() -> None:
    train = [sample("t", code="same")]
    scored = [
        sample("v", code="same", pair_id="p"),
        sample("f", label=0, code="fixed", pair_id="p"),
        sample("x"),
    ]
    assert [one.id for one in without_overlap(train, scored)] == ["x"]
