"""Names that would write elsewhere or that a terminal would obey: neither does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.cli import main
from pytest_steering.gate.baseline_files import baseline_path
from pytest_steering.records import Record
from tests.gate.runs import cell, outcomes, planned, run, write

HOSTILE = "\x1b[2J\x1b]0;t\x07e\x9b31mvil\u202e\u2066\0\r\nname\udc80"

FAMILIES = ("..", ".", "", "a/b", "/etc", "..\\x", "con", "NUL.txt", ".git", "a\0b", "f" * 400, HOSTILE)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("experiment", ["..", "../../x", "nul", "test[" + "x" * 400 + "]"])
def test_a_baseline_lies_in_a_folder_of_its_family_whatever_the_names(family: str, experiment: str) -> None:
    spec: dict[str, Any] = {"model": {"name": "m", "family": family}}
    path = baseline_path(Path("baselines"), Record(spec, experiment=experiment))

    assert path.parts[0] == "baselines"
    assert len(path.parts) == 3
    assert not any(part.startswith(".") or len(part) > 120 for part in path.parts)
    assert all(part.partition(".")[0].upper() not in ("CON", "NUL") for part in path.parts)


def _hostile(value: Any) -> Any:
    """Put hostile text behind every text, and in the place of every key of a user's."""
    if isinstance(value, str):
        return value + HOSTILE
    if isinstance(value, dict):
        return {name: _hostile(one) for name, one in value.items()}
    return [_hostile(one) for one in value] if isinstance(value, list) else value


def _made(wrong: int) -> list[Record]:
    """Return a run in which hostile text stands wherever a record takes any text."""
    named = {"id": "random-as-large", "severity": "limits", "sentence": HOSTILE, "advice": HOSTILE}
    said = {"evidence": {"task": [HOSTILE]}, "findings": (named, {**named, "id": HOSTILE})}
    base = cell("unsteered", _answers(1))
    answers = replace(cell("steered", _answers(wrong)), **said)  # type: ignore[arg-type]
    spec = {"model": {"name": HOSTILE, "family": HOSTILE}, "data": {"dataset": HOSTILE, "split": HOSTILE}}
    records = [
        replace(one, spec={**one.spec, **spec}, experiment=f"test_{HOSTILE}", node_id=f"x.py::test_{HOSTILE}")
        for one in (base, answers)
    ]
    search = replace(records[1], spec={**records[1].spec, "purpose": HOSTILE}, metrics={HOSTILE: 0.5})
    return [*records, search]


def _answers(wrong: int) -> Any:
    return tuple(
        replace(one, id=one.id + HOSTILE, response=HOSTILE + one.response, group=f"{n % 2}{HOSTILE}")
        for n, one in enumerate(outcomes(160, range(0, 160, wrong) if wrong > 1 else ()))
    )


COMMANDS: dict[str, Callable[[Path], list[str]]] = {
    "report": lambda home: ["report", str(home / "worse")],
    "gate": lambda home: ["gate", str(home / "worse"), "--steering-baselines", str(home / "accepted")],
    "compare": lambda home: ["compare", str(home / "better"), str(home / "worse")],
    "accept": lambda home: ["accept", str(home / "worse"), "--steering-baselines", str(home / "accepted")],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_hostile_text_of_a_record_reaches_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    write(tmp_path / "better", _made(40), planned("failed", HOSTILE))
    write(tmp_path / "worse", _made(2), planned("failed", HOSTILE))
    folder = str(tmp_path / "accepted")
    assert main(["accept", str(tmp_path / "better"), "--steering-baselines", folder]) in (0, 2)
    capsys.readouterr()
    main(COMMANDS[command](tmp_path))

    said = "".join(capsys.readouterr())
    assert "name" in said
    assert all(line.isprintable() for line in said.split("\n"))
    assert {path.parent.parent for path in tmp_path.rglob("accepted/**/*.json")} == {tmp_path / "accepted"}


def test_hostile_text_of_recorded_answers_reaches_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        _hostile({"id": str(n), "response": "Yes", "model": "m", "prompt": "p", "group": "g", "text": "t"})
        for n in range(6)
    ]
    file = tmp_path / "answers.jsonl"
    lines = [json.dumps({**row, "label": n % 2}) for n, row in enumerate(rows)]
    file.write_text("\n".join([*lines, lines[0], json.dumps({HOSTILE: 1}), HOSTILE.replace("\udc80", "")]))
    main(["replay", str(file), "--by", "group"])
    main(["replay", str(file), "--score", HOSTILE.replace("\udc80", "")])

    said = "".join(capsys.readouterr())
    assert "not usable" in said
    assert all(line.isprintable() for line in said.split("\n"))


def test_a_finding_of_a_newer_version_is_kept_and_named_as_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = {"id": "from-tomorrow", "severity": "invalid", "sentence": "the answers rhyme"}
    base, steered, *rest = run()
    found = write(tmp_path / "run", [base, replace(steered, findings=(newer,)), *rest], planned("passed"))
    baselines = str(tmp_path / "accepted")
    main(
        [
            "accept",
            str(write(tmp_path / "first", run(), planned("passed"))),
            "--steering-baselines",
            baselines,
        ]
    )

    assert main(["gate", str(found), "--steering-baselines", baselines]) == 2
    assert "from-tomorrow: test_it on m" in (said := capsys.readouterr().out)
    assert "unknown here" in said
