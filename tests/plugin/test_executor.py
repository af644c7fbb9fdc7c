from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("few_plugins")


def test_without_the_package_the_extra_is_named(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_steering.executor.find_spec", lambda _: None)
    result = project.runpytest("--steering-executor=ray")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --steering-executor ray needs *pip install 'pytest-steering?ray?'"])


def test_workers_of_xdist_beside_those_of_ray_are_refused(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xdist")
    monkeypatch.setattr("pytest_steering.executor.find_spec", lambda _: object())
    result = project.runpytest("--steering-executor=ray", "-n", "2")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --steering-executor ray and -n are two places to run tests; *"])
