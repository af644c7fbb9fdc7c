from __future__ import annotations

import pytest

PATHS = [
    "--steering-model",
    "--steering-dir",
    "--steering-baselines",
    "--steering-resume",
    "--steering-reason",
]


@pytest.fixture
def beside(project: pytest.Pytester, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder outside the project, with an ini file of its own."""
    folder = tmp_path_factory.mktemp("elsewhere") / "one"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "starcoder2"}')
    (folder / "pytest.ini").write_text("[pytest]")
    project.makepyfile("def test_a(steering_model, pytestconfig): pass")
    return str(folder)


@pytest.mark.parametrize("flag", PATHS)
def test_a_value_after_a_space_that_would_become_the_root_is_refused_with_the_right_spelling(
    project: pytest.Pytester, beside: str, flag: str
) -> None:
    result = project.runpytest(flag, beside)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"*the root directory, which is {project.path}. Write {flag}={beside} with*"]
    )
    assert not (project.path / ".steering").exists()


@pytest.mark.parametrize(
    "spelling",
    [
        "--steering-model={}",
        "test_it.py --steering-model {}",
        "--rootdir=. -c tox.ini --steering-model {}",
    ],
)
def test_a_spelling_that_leaves_the_root_where_it_is_runs(
    project: pytest.Pytester, beside: str, spelling: str
) -> None:
    (project.path / "test_it.py").write_text("def test_b(steering_model): pass")
    result = project.runpytest(*spelling.format(beside).split())

    result.assert_outcomes(passed=1 if "test_it" in spelling else 2)
    result.stdout.fnmatch_lines([f"rootdir: {project.path}"])


def test_a_model_inside_the_project_may_stand_after_a_space(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(steering_model): pass")

    project.runpytest("--steering-model", "one").assert_outcomes(passed=1)


def test_a_value_in_the_variable_of_options_is_seen_too(
    project: pytest.Pytester, beside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", f"--steering-model {beside}")

    assert project.runpytest().ret == pytest.ExitCode.USAGE_ERROR


def test_the_value_of_another_option_is_no_concern_of_ours(project: pytest.Pytester, beside: str) -> None:
    result = project.runpytest("--basetemp", beside)

    assert "in place of the space" not in str(result.stderr)
