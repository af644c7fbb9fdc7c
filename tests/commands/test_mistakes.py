"""What a person types wrongly is answered by a sentence and a status, and never by a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_steering.cli import COMMANDS, main

PAIR = '{"positive": "It was good", "negative": "It was bad"}\n'
PROMPT = '{"prompt": "The day was"}\n'

TRY = ["try", "Hello", "--model", "starcoder2"]
SWEEP = ["sweep", "--model", "starcoder2", "--pairs", "pairs.jsonl", "--prompts", "prompts.jsonl"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files of all kinds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pairs.jsonl").write_text(PAIR)
    (tmp_path / "prompts.jsonl").write_text(PROMPT)
    (tmp_path / "binary.bin").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "rows.jsonl").write_text('{"text": "of another kind"}\n')
    (tmp_path / "broken.py").write_text("import no_such_module_anywhere\n")
    (tmp_path / "scores.py").write_text("def one(prompt, text):\n    return 1.0\n")
    return tmp_path


MISTAKES = {
    "no such model": (["inspect", "smolm2"], "did you mean 'smollm2'"),
    "no such folder": (["inspect", "./nowhere"], "no such file or folder"),
    "a hub id that is not here": (["inspect", "nobody/nothing"], "nobody/nothing"),
    "a model that is a data file": (["inspect", "binary.bin"], "binary.bin"),
    "a device that is not here": (["inspect", "starcoder2", "--device", "cuda:77"], "cuda:77"),
    "a vector that is not there": ([*TRY, "--vector", "none.safetensors"], "none.safetensors"),
    "a vector that is a folder": ([*TRY, "--vector", "."], "vector"),
    "a vector that is no vector": ([*TRY, "--vector", "binary.bin"], "binary.bin"),
    "an empty prompt": (["try", " ", "--model", "starcoder2", "--pairs", "pairs.jsonl"], "prompt is empty"),
    "pairs that are not there": ([*TRY, "--pairs", "none.jsonl"], "none.jsonl"),
    "pairs in a folder": ([*TRY, "--pairs", "."], "."),
    "pairs of no rows": ([*TRY, "--pairs", "empty.jsonl"], "empty.jsonl"),
    "pairs of other rows": ([*TRY, "--pairs", "rows.jsonl"], "'positive'"),
    "pairs that are binary": ([*TRY, "--pairs", "binary.bin"], "binary.bin"),
    "no score": (SWEEP, "--score"),
    "no such score": ([*SWEEP, "--score", "sentimental"], "there are sentiment"),
    "a score of no file": ([*SWEEP, "--score", "none.py:one"], "no file none.py"),
    "a score that is not in its file": ([*SWEEP, "--score", "scores.py:two"], "it has one"),
    "a score whose file fails": ([*SWEEP, "--score", "broken.py:one"], "ModuleNotFoundError"),
    "prompts of no rows": ([*SWEEP[:-1], "empty.jsonl", "--score", "words"], "empty.jsonl"),
    "prompts of other rows": ([*SWEEP[:-1], "rows.jsonl"], "rows.jsonl"),
    "prompts that are binary": ([*SWEEP[:-1], "binary.bin", "--score", "words"], "binary.bin"),
    "a model for init that is unknown": (["init", "--model", "smolm2"], "did you mean 'smollm2'"),
    "init where a file is": (["init", "empty.jsonl"], "is a file"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("words", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence_and_status_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("pytest-steering: ")
    assert shown.err.count("\n") == 1
    assert said in shown.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*TRY, "--pairs", "pairs.jsonl", "--scale", "nan"], "'nan' is no finite number"),
        ([*TRY, "--pairs", "pairs.jsonl", "--scale", "1", "inf"], "'inf' is no finite number"),
        ([*TRY, "--pairs", "pairs.jsonl", "--layer", "first"], "'first' is no block number"),
        ([*TRY, "--pairs", "pairs.jsonl", "--max-new-tokens", "0"], "'0' is no whole number"),
        (TRY, "--vector --pairs is required"),
        (["init", "--task", "poem"], "invalid choice: 'poem'"),
        (["inspect"], "MODEL"),
    ],
)
def test_an_argument_that_cannot_be_is_refused_with_what_can(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_layer_that_the_model_does_not_have_is_said_before_anything_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*TRY, "--pairs", "pairs.jsonl", "--layer", "99"]) == 2
    assert "which has 4 layers numbered 0 to 3" in capsys.readouterr().err


def test_ctrl_c_ends_a_command_with_a_word_and_the_status_that_shells_expect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pytest_steering.cli._run", interrupted)

    assert main(["doctor"]) == 130
    assert capsys.readouterr().err == "pytest-steering: interrupted\n"


@pytest.mark.parametrize("name", ["doctor", "init", "inspect", "sweep", "try"])
def test_the_help_of_a_first_command_ends_in_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])

    shown = capsys.readouterr().out
    assert f"example:\n  pytest-steering {name}" in shown
    assert "None" not in shown


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom pytest_steering.cli import parser_of\n"
        f"parser_of({list(COMMANDS)}).format_help()\n"
        "heavy = {'torch', 'transformers', 'nnsight', 'pandas', 'scipy', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_python_runs_the_package_as_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest_steering", "--help"], capture_output=True, text=True, check=True
    )
    assert "usage: pytest-steering" in done.stdout
