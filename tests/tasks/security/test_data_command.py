"""`pytest-steering data` says what there is, under which licence, and what is wrong with it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from pytest_steering.errors import DataError
from pytest_steering.tasks.data_option import given_paths
from pytest_steering.tasks.security.datasets.data_command import add_arguments, run


def call(*texts: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(texts))


def test_the_embedded_data_is_shown_with_counts_and_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("twins") == 0
    printed = capsys.readouterr().out
    assert "twins: 784 samples of 8 weaknesses" in printed
    assert "licence: MIT" in printed
    assert "known faults: 0 samples" in printed


def test_without_names_data_that_lies_elsewhere_is_listed_and_is_no_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call() == 0
    assert "--steering-data castle=PATH" in capsys.readouterr().out


def test_a_named_data_set_that_cannot_be_read_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("castle") == 2


def test_data_that_can_be_read_stands_before_data_that_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"id": "a", "code": "x", "language": "c", "label": 1, "asked_cwe": "CWE-1"}))
    assert call("--steering-data", f"zebra={path}") == 0
    heads = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    names = [name for name in heads if name in ("twins", "zebra", "castle", "secllmholmes", "sven")]
    assert names == ["twins", "zebra", "castle", "secllmholmes", "sven"]


@pytest.mark.parametrize("name", ["castle", "sven", "secllmholmes", "jsonl", "mine"])
def test_a_path_at_which_there_is_nothing_is_named(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(name, "--steering-data", f"{name}={tmp_path / 'gone' / 'data'}") == 2
    printed = capsys.readouterr().out
    assert f"{tmp_path / 'gone'} does not exist" in printed
    assert f"--steering-data {name}=PATH" in printed
    assert "incomplete" not in printed


def test_known_faults_are_listed_with_their_samples(
    test_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("secllmholmes", "--steering-data", f"secllmholmes={test_data / 'secllmholmes'}") == 0
    printed = capsys.readouterr().out
    assert "known faults: 32 samples, 17 of them with a doubtful label" in printed
    assert "hand-crafted/CWE-77/p_3.c" in printed
    assert "licence: GPL-3.0" in printed


def test_hostile_text_in_a_data_set_is_not_printed_raw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"id": "\x1b[2Ja", "code": "x", "language": "\x1b[31mc", "label": 1, "asked_cwe": "CWE-1"}
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({**row, "label_notes": "\x07bell", "license": "\x1b[0mMIT"}))
    assert call("own", "--steering-data", f"own={path}") == 0
    assert not set(capsys.readouterr().out) & {"\x1b", "\x07"}


def test_paths_come_from_the_command_line_or_the_environment(tmp_path: Path) -> None:
    assert given_paths([f"a={tmp_path}"], {"PYTEST_STEERING_DATA": "b=elsewhere"}) == {"a": tmp_path}
    assert given_paths([], {"PYTEST_STEERING_DATA": f"b={tmp_path}"}) == {"b": tmp_path}
    assert given_paths([], {}) == {}


def test_a_path_without_a_name_is_refused() -> None:
    with pytest.raises(DataError, match="--steering-data castle: NAME=PATH was expected"):
        given_paths(["castle"])
