from __future__ import annotations

import pytest

OWN = """
    import pytest
    @pytest.mark.steering(models=["two"])
    def test_own(steering_model): pass
"""
BOTH = OWN + "    def test_any(steering_model): pass\n"


def test_a_flag_that_decides_nothing_is_refused_with_the_tests_that_name_their_models(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(OWN)
    result = project.runpytest("--steering-model=one")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --steering-model one: no test runs there,*models=: *::test_own[[]two]*"]
    )


def test_tests_that_the_flag_passes_over_are_named_before_and_after_the_run(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(BOTH)
    result = project.runpytest("--steering-model=one")

    said = [line for line in result.outlines if "--steering-model one: not where 1 of the tests" in line]
    assert result.ret == 0
    assert len(said) == 2
    assert all("::test_own[two]" in line for line in said)


@pytest.mark.parametrize("given", [[], ["--steering-model=two"], ["--steering-model=one", "-k", "any"]])
def test_nothing_is_said_where_the_flag_decides_for_all(project: pytest.Pytester, given: list[str]) -> None:
    project.makepyfile(BOTH)
    result = project.runpytest(*given)

    assert result.ret == 0
    assert "models=" not in result.stdout.str()


def test_a_project_whose_ini_names_models_may_have_tests_on_others(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nsteering_models = one")
    project.makepyfile(BOTH)

    assert "models=" not in project.runpytest().stdout.str()


def test_workers_refuse_it_too(project: pytest.Pytester) -> None:
    project.makepyfile(OWN)
    result = project.runpytest_subprocess("-n1", "-p", "xdist", "--steering-model=one")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["ERROR: --steering-model one: no test runs there,*"])
