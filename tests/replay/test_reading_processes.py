from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from pytest_steering.replay import add_arguments, replay, run
from pytest_steering.replay.replay_report import RESPONSE

ANSWERS = ("Yes, this code is vulnerable.", "No, it is safe.", "I cannot tell.", "The code is safe. Yes.")


def recorded(path: Path, count: int) -> Path:
    rows = [
        {
            "id": f"s{number}",
            "label": number % 2,
            "response": ANSWERS[number % 4],
            "model": "m",
            "difficulty": "2",
            **({"margin": 0.5 - number % 3} if number % 5 else {}),
        }
        for number in range(count)
    ]
    lines = [*map(json.dumps, rows), '{"id": "torn']
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("replay") / "answers.jsonl", 601)


def printed(capsys: pytest.CaptureFixture[str], *texts: str) -> str:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert run(parser.parse_args(texts)) == 1  # one line is torn
    return capsys.readouterr().out


def test_several_processes_read_what_one_reads_in_the_order_of_the_lines(answers: Path) -> None:
    one, several = (replay(answers, readers=("text", "keywords"), processes=count) for count in (1, 2))
    assert several == one
    assert [answer.line for answer in one.answers[::2]] == list(range(1, 602))


def test_tables_are_the_same_whatever_is_kept_of_the_lines(
    answers: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lean = printed(capsys, str(answers), "--by", "difficulty")
    whole = printed(capsys, str(answers), "--by", "difficulty", "--record", str(tmp_path / "kept.jsonl"))
    assert lean == whole
    assert ANSWERS[2] in (tmp_path / "kept.jsonl").read_text(encoding="utf-8")


def test_what_is_not_kept_takes_no_memory(answers: Path) -> None:
    lean = replay(answers, keep={"difficulty"})
    assert {answer.outcome.response for answer in lean.answers} == {""}
    assert [dict(answer.known) for answer in lean.answers[:1]] == [{"difficulty": "2"}]
    texts = replay(answers, keep={RESPONSE})
    assert {answer.outcome.response for answer in texts.answers} == set(ANSWERS)


@pytest.mark.parametrize("given", ["0", "-1", "two", "1e3", "9" * 400])
def test_a_number_of_processes_that_is_none_is_refused(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["answers.jsonl", "--processes", given])
    assert "a whole number from 1 to 256 was expected" in capsys.readouterr().err
