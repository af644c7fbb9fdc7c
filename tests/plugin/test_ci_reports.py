"""What JUnit and GitHub are told of a run."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("few_plugins")

TEST = """
    import pytest
    from pytest_steering import ExpectationFailed

    @pytest.mark.steering(models=["one"])
    @pytest.mark.parametrize("name", ["plain", "<&\\x00\\x1b[2J%s::error::" % chr(0xd800)])
    def test_it(steering, name):
        steering.run()
        raise ExpectationFailed("expected more, found 3 %\\n  s0: worse")
"""


@pytest.fixture
def failing(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.Pytester:
    project.makepyfile(test_it=TEST, test_other="def test_other(): assert 0")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    return project


def properties(path: Path) -> list[dict[str, str]]:
    cases = ElementTree.parse(path).getroot().iter("testcase")
    return [{one.attrib["name"]: one.attrib["value"] for one in case.iter("property")} for case in cases]


def commands(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if line.startswith("::")]


def test_github_is_told_of_steering_tests_alone(failing: pytest.Pytester, tmp_path: Path) -> None:
    result = failing.runpytest("-q", "--junitxml=out.xml")
    told = commands(result)

    assert len(told) == 2
    assert told[0].startswith("::error file=test_it.py,line=")
    assert told[0].endswith("::expected more, found 3 %25%0As0: worse")
    assert (tmp_path / "summary.md").read_text().count("\n| ") == 4

    found = [one for one in properties(failing.path / "out.xml") if one]
    assert len(found) == 2
    assert [one["steering.model"] for one in found] == ["one", "one"]
    assert all(one["steering.effect"] == "0.5" for one in found)
    assert {"steering.low", "steering.high", "steering.verdict", "steering.findings"} <= found[0].keys()


def test_without_its_variables_and_without_steering_tests_nothing_is_told(
    failing: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not commands(failing.runpytest("-q", "test_other.py"))
    assert not (tmp_path / "summary.md").exists()
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert not commands(failing.runpytest("-q"))


def test_a_test_that_the_gate_judges_says_how(
    gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated.runpytest("-q", "--steering-baseline=create", "--junitxml=out.xml")
    assert properties(gated.path / "out.xml")[0]["steering.gate"] == "passed"
    monkeypatch.setenv("WRONG", "60")
    gated.runpytest("-q", "--junitxml=out.xml")
    assert properties(gated.path / "out.xml")[0]["steering.gate"] == "failed"
