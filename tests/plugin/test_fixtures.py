from __future__ import annotations

import json

import pytest

from pytest_steering import records
from pytest_steering.run_folder.runs import find_run


def _records(project: pytest.Pytester) -> list[records.Record]:
    return list(find_run("latest", project.path / ".steering").read().records)


def test_a_model_is_loaded_once_and_the_summary_says_so(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_x="def test_a(steering_model): pass\ndef test_b(steering_adapter): pass",
        test_y="def test_c(steering): pass\ndef test_d(contrast_pairs): assert contrast_pairs == ['a pair']",
    )
    result = project.runpytest("--steering-engine=both")

    result.assert_outcomes(passed=3 + 3 * 3 * 2)
    result.stdout.fnmatch_lines(["3 models, 3 loads"])


def test_the_settings_reach_the_model(project: pytest.Pytester) -> None:
    project.makepyfile("""
        def test_a(steering_model):
            assert steering_model.source.endswith("one")
            assert steering_model.engine_name == "nnsight"
            assert steering_model.asked == {
                "device": "cpu", "dtype": "bfloat16", "batch_rows": 3,
                "trust_remote_code": True, "device_map": None,
            }
    """)
    flags = ["--steering-device=cpu", "--steering-dtype=bfloat16", "--steering-batch-rows=3"]
    flags += ["--steering-trust-remote-code", "--steering-engine=nnsight", "--steering-model=one"]

    project.runpytest(*flags).assert_outcomes(passed=1)


def test_the_marker_and_the_data_paths_reach_the_experiment(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import pytest
        @pytest.mark.steering(dataset="castle", split="dev", limit=7)
        class TestIt:
            @pytest.mark.steering(split="test", form="named", models=["one"])
            @pytest.mark.parametrize("n", [1])
            def test_a(self, steering, n):
                assert steering.name == "test_a[1]"
                assert steering.node_id.endswith("TestIt::test_a[one-1]")
                assert list(steering.said.pop("data_paths")) == ["castle"]
                for handed_on in ("memo", "finished"):
                    steering.said.pop(handed_on)
                assert steering.said == {"dataset": "castle", "split": "test", "form": "named", "limit": 7}
    """)

    project.runpytest("--steering-data=castle=.").assert_outcomes(passed=1)


def test_records_are_written_under_the_root_and_ignored_by_git(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(steering): steering.run()")
    result = project.runpytest("--steering-model=one", "--steering-model=two")

    written = _records(project)
    assert [(record.model, record.arm) for record in written] == [
        ("one", "unsteered"),
        ("one", "steered"),
        ("two", "unsteered"),
        ("two", "steered"),
    ]
    assert (project.path / ".steering/.gitignore").read_text().splitlines()[-1] == "*"
    result.stdout.fnmatch_lines(
        [
            "arm *n *acc *",
            "one · test_a",
            "unsteered * 4 *0.50*",
            "steered * 4 *1.00*+0.50*",
            "two · test_a",
            "one · test_a",
            "  steering broke none; fixed 2 (s0, s2)",
            "2 models, 2 loads",
            "4 records: */.steering/runs/*/records.jsonl",
            "See this table again: pytest-steering report *",
        ]
    )


@pytest.mark.parametrize("origin", ["flag", "variable"])
def test_a_data_path_at_which_there_is_nothing_is_a_usage_error_before_anything_is_collected(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    project.makepyfile("raise SystemError('collected')")
    if origin == "variable":
        monkeypatch.setenv("PYTEST_STEERING_DATA", "castle=gone/castle")
    result = project.runpytest(*(["--steering-data=castle=gone/castle"] if origin == "flag" else []))

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: the data set 'castle'*gone does not exist; name the file or folder*"]
    )
    assert "collected" not in str(result.stdout)


def test_the_table_stands_below_what_other_plugins_say(project: pytest.Pytester) -> None:
    pytest.importorskip("pytest_benchmark")
    project.makepyfile("""
        def test_a(steering, benchmark):
            steering.run()
    """)
    lines = project.runpytest("--steering-model=one").outlines
    starts = [
        next(n for n, line in enumerate(lines) if word in line) for word in ("benchmark: ", "= steering =")
    ]

    assert starts == sorted(starts)


def test_each_run_has_its_own_folder_and_ids_sort_by_time(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(steering): steering.run()")
    project.runpytest("--steering-model=one")
    project.runpytest("--steering-model=two")

    runs = sorted(path.name for path in (project.path / ".steering/runs").iterdir())
    assert len(runs) == 2
    assert all(name[8] == "T" and name[15:17] == "Z-" for name in runs)


def test_a_run_that_measured_nothing_is_a_run_without_records(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(steering): pass\ndef test_b(): pass")
    project.runpytest("-p", "no:cacheprovider")
    run = find_run("latest", project.path / ".steering")

    assert {one.name for one in run.folder.iterdir()} == {"run.json", "ledger.jsonl", "run.lock"}


def test_nothing_is_written_where_nothing_can_be_measured(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(steering_model): pass\ndef test_b(): pass")
    project.runpytest("-p", "no:cacheprovider")

    assert not (project.path / ".steering").exists()


def test_a_project_without_steering_sees_nothing_of_it(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(): pass")
    result = project.runpytest("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)
    assert "load" not in str(result.stdout).partition("collected")[2]


def test_a_folder_that_was_there_before_gets_no_gitignore(project: pytest.Pytester) -> None:
    project.mkdir("results")
    project.makepyfile("def test_a(steering): steering.run()")
    project.runpytest("--steering-dir=results", "--steering-model=one")

    assert find_run("latest", project.path / "results").read().records
    assert not (project.path / "results/.gitignore").exists()


def test_pytest_benchmark_times_the_first_phase_and_keeps_the_numbers(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)  # in one pytest-benchmark would measure nothing
    project.makepyfile("""
        def test_a(steering, benchmark):
            steering.run()
            steering.run(purpose="search")
    """)
    result = project.runpytest("--steering-model=one", "--benchmark-json=out.json")

    result.assert_outcomes(passed=1)
    (entry,) = json.loads((project.path / "out.json").read_text())["benchmarks"]
    assert entry["stats"]["rounds"] == 1
    assert entry["extra_info"] == {
        "unsteered.accuracy": 0.5,
        "unsteered.latency.seconds": 1.0,
        "steered.accuracy": 0.5,
        "steered.latency.seconds": 1.0,
    }


@pytest.mark.parametrize("flag", ["no:benchmark", "no:xdist"])
def test_it_works_without_the_other_plugins(project: pytest.Pytester, flag: str) -> None:
    project.makepyfile("def test_a(steering): steering.run()")
    result = project.runpytest("-p", flag)

    result.assert_outcomes(passed=3)
    assert len(_records(project)) == 6


def test_a_model_asked_for_behind_the_plugins_back_is_a_sentence(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(request): request.getfixturevalue('steering_model')")
    result = project.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E   the plugin chooses the model of a test: *"])


def test_a_model_that_cannot_be_loaded_fails_its_tests_in_a_sentence(project: pytest.Pytester) -> None:
    with (project.path / "conftest.py").open("a") as file:
        file.write(
            "\nfrom pytest_steering.errors import ModelError"
            "\ndef _fail(source, **asked): raise ModelError('it does not fit')"
            "\nstub.SteerableModel.load = _fail\n"
        )
    project.makepyfile("def test_a(steering): pass\ndef test_b(steering): pass")
    result = project.runpytest("--steering-model=one")

    result.assert_outcomes(errors=2)
    assert str(result.stdout).count("\nE   it does not fit\n") == 2
    assert "def _fail" not in str(result.stdout)


def test_a_conftest_adds_readers_and_data_sets(project: pytest.Pytester) -> None:
    with (project.path / "conftest.py").open("a") as file:
        file.write("""
def _read(text, question): return text
def _load(path): return []
def pytest_steering_answer_readers(config): return {"of a conftest": _read}
def pytest_steering_datasets(config): return {"of a conftest": _load}
""")
    project.makepyfile("""
        def test_a(steering_model):
            from pytest_steering.tasks.security.answers import READERS
            from pytest_steering.tasks.security.datasets.loaders import DATASETS
            assert READERS["of a conftest"]("x", "") == "x"
            assert DATASETS.pop("of a conftest")(None) == []
            del READERS["of a conftest"]
    """)

    project.runpytest("--steering-model=one").assert_outcomes(passed=1)


def test_a_conftest_names_the_models_where_nothing_else_does(project: pytest.Pytester) -> None:
    with (project.path / "conftest.py").open("a") as file:
        file.write("\ndef pytest_steering_models(config): return ['three']\n")
    project.makeini("[pytest]\n")
    project.makepyfile("def test_a(steering_model): assert steering_model.source.endswith('three')")

    project.runpytest().assert_outcomes(passed=1)


def test_a_run_to_go_on_with_that_is_not_there_is_a_usage_error(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(steering): steering.run()")
    result = project.runpytest("--steering-resume=nothing")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: no runs are known as 'nothing'*"])


def test_a_run_that_is_gone_on_with_adds_to_the_same_file(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(steering): steering.run()")
    project.runpytest("--steering-model=one")
    project.runpytest("--steering-model=two", "--steering-resume=latest")

    assert [record.model for record in _records(project)] == ["one", "one", "two", "two"]
