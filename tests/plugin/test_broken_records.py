"""Where records are expected lies something else: a sentence, and nothing of it is changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_steering.cli import main
from pytest_steering.run_folder.runs import find_run

Break = Callable[[Path], object]


def _replace(path: Path, made: Callable[[Path], object]) -> None:
    path.unlink()
    made(path)


BROKEN: dict[str, Break] = {
    "garbage": lambda path: path.write_bytes(path.read_bytes() + b"# mine\n"),
    "a byte order mark": lambda path: path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes()),
    "UTF-16": lambda path: path.write_text(path.read_text(), encoding="utf-16"),
    "a newer schema": lambda path: path.write_text('{"schema_version": 99}\n' + path.read_text()),
    "another's objects": lambda path: path.write_text('{"text": "a", "label": 1}\n'),
    "a number": lambda path: path.write_text("1\n"),
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 64 + b"\n"),
    "a folder": lambda path: _replace(path, Path.mkdir),
    "a loop": lambda path: _replace(path, lambda new: new.symlink_to(new)),
    "a link to nowhere": lambda path: _replace(path, lambda new: new.symlink_to("gone")),
}


@pytest.fixture
def finished(project: pytest.Pytester) -> Path:
    """The folder of a finished run on one model."""
    project.makepyfile(test_x="def test_a(steering): steering.run()")
    project.runpytest("--steering-model=one").assert_outcomes(passed=1)
    return find_run("latest", project.path / ".steering").folder


def resumed(project: pytest.Pytester, path: Path | str) -> pytest.RunResult:
    return project.runpytest("--steering-model=one", f"--steering-resume={path}")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_of_records_is_a_sentence_everywhere_and_stays_as_it_is(
    project: pytest.Pytester, finished: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    BROKEN[what](finished / "records.jsonl")
    before = files(finished)
    result = resumed(project, "latest")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *records.jsonl*"])
    home = f"--steering-dir={finished.parents[1]}"
    for command in (["report"], ["gate"], ["accept"], ["compare", "latest"]):
        capsys.readouterr()
        assert main([*command, str(finished), home]) == 4, command
        assert "records.jsonl" in capsys.readouterr().err
    assert files(finished) == before


@pytest.mark.parametrize("name", ["run.json", "ledger.jsonl"])
@pytest.mark.parametrize("what", ["a folder", "a loop"])
def test_so_is_what_lies_beside_them(
    project: pytest.Pytester, finished: Path, capsys: pytest.CaptureFixture[str], what: str, name: str
) -> None:
    BROKEN[what](finished / name)
    before = files(finished)

    assert resumed(project, finished).ret == pytest.ExitCode.USAGE_ERROR
    assert main(["report", str(finished)]) == 4
    assert name in capsys.readouterr().err
    assert files(finished) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"to do\n"),
        ("notes.txt", b"to do"),
        ("notes.txt", b""),
        ("films.jsonl", b'{"text": "a", "label": 1}\n'),
        ("films.jsonl", b'{"text": "a", "label": 1}'),
        ("records.jsonl", b'{"text": "a", "label": 1}'),
        ("records.jsonl", b""),
        ("run.json", b'{"scripts": {}}'),
    ],
)
def test_what_no_run_wrote_is_not_gone_on_with_and_nothing_is_written_to_it_or_beside_it(
    project: pytest.Pytester, finished: Path, name: str, content: bytes
) -> None:
    own = project.mkdir("own")
    (own / name).write_bytes(content)
    result = resumed(project, own if name == "run.json" else own / name)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *{name}*"])
    assert files(own) == {name: content}


@pytest.mark.slow
def test_records_that_were_moved_to_a_file_of_another_name_are_gone_on_with_by_workers_too(
    project: pytest.Pytester, finished: Path
) -> None:
    pytest.importorskip("xdist")
    project.makepyfile(test_x="def test_a(steering): steering.run()\ndef test_b(steering): steering.run()")
    mine = (finished / "records.jsonl").rename(project.path / "mine.jsonl")
    project.runpytest_subprocess("--steering-model=one", "--steering-resume=mine.jsonl", "-n", "1")

    assert len(mine.read_text().splitlines()) == 4
    assert not (project.path / "records.jsonl").exists()


def test_a_run_that_still_goes_on_is_not_gone_on_with(
    project: pytest.Pytester, finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_steering.run_folder.run_lock.PATIENCE", 0.0)
    run, before = find_run(str(finished), Path()), files(finished)
    run.take()
    result = resumed(project, "latest")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {finished} is the folder of a run that still goes on (process *"])
    assert files(finished) | {"run.lock": b""} == before | {"run.lock": b""}
    run.lock.release()
    assert resumed(project, "latest").ret == pytest.ExitCode.OK


def test_a_broken_ledger_of_another_run_is_named_and_takes_nothing_from_this_one(
    project: pytest.Pytester, finished: Path
) -> None:
    _replace(finished / "ledger.jsonl", Path.mkdir)
    result = project.runpytest("--steering-model=one")

    assert result.ret == pytest.ExitCode.OK
    said = " ".join(result.stdout.str().split())
    assert "unsteered 4 1.00" in said
    # Where lines are wrapped depends on how long the folder's name is.
    named = f"{finished.name}/ledger.jsonl cannot be read: Is a directory; what its run looked at is not"
    assert named.replace(" ", "") in said.replace(" ", "")


@pytest.mark.parametrize("option", ["--steering-dir=tox.ini", "--steering-dir=/proc/nowhere"])
def test_a_folder_that_cannot_be_written_is_a_sentence_before_any_test(
    project: pytest.Pytester, option: str
) -> None:
    project.makepyfile(test_x="def test_a(steering): steering.run()")
    result = project.runpytest("--steering-model=one", option)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *cannot be written: *"])
