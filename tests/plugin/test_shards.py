from __future__ import annotations

import pytest

from pytest_steering.cli import main
from pytest_steering.records import to_line
from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.runs import find_run

pytestmark = pytest.mark.usefixtures("few_plugins")

TESTS = """
    import pytest
    @pytest.mark.parametrize("n", range(3))
    def test_a(steering, n): steering.run()
    def test_model(steering_model): pass
    @pytest.mark.parametrize("n", range(4))
    def test_plain(n): pass
"""

LATE = """
    import pytest
    def pytest_collection_modifyitems(items):
        items.append(pytest.Function.from_parent(items[0].parent, name="test_b", callobj=items[0].obj))
"""


def manifest(project: pytest.Pytester) -> Manifest:
    return find_run("latest", project.path / ".steering").manifest


def ran(project: pytest.Pytester, *options: str) -> set[str]:
    """Node ids of the tests that ran and make records."""
    project.runpytest("-q", *options)
    return set(manifest(project).selected)


def test_shards_have_each_test_once_and_say_what_all_of_them_have(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=TESTS)
    passed, tests = 0, list[str]()
    for number in (1, 2, 3, 4):
        result = project.runpytest("-q", f"--steering-shard={number}/4")
        passed += result.parseoutcomes()["passed"]
        tests += manifest(project).selected
        share = manifest(project).shard
        assert share is not None
        assert (share.number, share.of, share.tests) == (number, 4, 9)
        result.stdout.fnmatch_lines([f"gate: shard {number}/4 alone decides and accepts nothing*"])

    assert passed == 3 * 4 + 4
    assert len(tests) == len(set(tests)) == 9


def test_a_shard_has_the_same_tests_whatever_is_left_out_and_in_whatever_order(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(test_it=TESTS)
    every = ran(project, "--steering-shard=2/2")
    some = ran(project, "--steering-shard=2/2", "-k", "three or plain")
    project.makeconftest(
        (project.path / "conftest.py").read_text()
        + "\ndef pytest_collection_modifyitems(items): items.reverse()\n"
    )

    assert some == {test for test in every if "three" in test}
    assert ran(project, "--steering-shard=2/2") == every


def test_a_test_that_another_plugin_adds_is_in_one_shard_too(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(): pass", conftest=LATE)
    passed = [
        project.runpytest("-q", f"--steering-shard={number}/2").parseoutcomes().get("passed", 0)
        for number in (1, 2)
    ]

    assert sorted(passed) == [1, 1]


def test_a_shard_without_a_test_passes_and_says_so(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(steering): steering.run()")
    result = project.runpytest("--steering-model=one", "--steering-shard=1/3")

    assert result.ret == 0
    result.stdout.fnmatch_lines(["shard 1/3 has none of 1 tests that make records"])
    assert manifest(project).status == "finished"


def test_workers_run_the_same_shard(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    project.makepyfile(test_it=TESTS)
    alone = ran(project, "--steering-shard=1/2")
    project.runpytest_subprocess("-n", "2", "--steering-shard=1/2")

    assert set(manifest(project).selected) == alone
    share = manifest(project).shard
    assert share is not None
    assert share.tests == 9


def test_what_is_no_shard_is_refused_before_a_test_runs(project: pytest.Pytester) -> None:
    result = project.runpytest("--steering-shard=9/8")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --steering-shard '9/8': the number of a shard *from 1/8 to 8/8"])


def test_a_shard_accepts_nothing(project: pytest.Pytester) -> None:
    result = project.runpytest("--steering-shard=1/8", "--steering-accept")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --steering-shard 1/8: what is accepted is decided of all shards*"])


def lines(project: pytest.Pytester, run: str) -> list[str]:
    """The records of a run, sorted; time apart they say all that was found."""
    return sorted(map(to_line, find_run(run, project.path / ".steering").read().records))


def test_shards_that_are_merged_hold_the_records_of_a_serial_run_and_of_workers(
    project: pytest.Pytester,
) -> None:
    pytest.importorskip("xdist")
    project.makepyfile(test_it=TESTS)
    ran(project)
    serial = lines(project, "latest")
    project.runpytest_subprocess("-n", "2")
    workers = lines(project, "latest")
    for number in (1, 2, 3, 4):
        project.runpytest("-q", f"--steering-shard={number}/4", f"--steering-dir=shard-{number}")
    folders = [str(*project.path.glob(f"shard-{number}/runs/*")) for number in (1, 2, 3, 4)]

    assert main(["merge", *folders, "--into", str(project.path / "all")]) == 0
    assert len(serial) == 18
    assert lines(project, str(project.path / "all")) == serial == workers


@pytest.mark.parametrize("workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.slow)])
def test_a_killed_serial_run_goes_on_in_shards(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    project.makepyfile(test_it=TESTS)
    ran(project)
    serial = lines(project, "latest")
    ran(project, "-k", "three and test_a", "--steering-dir=killed")
    (killed,) = project.path.glob("killed/runs/*")
    before = (killed / "records.jsonl").read_bytes()
    for number in (1, 2):
        flags = (
            f"--steering-shard={number}/2",
            f"--steering-dir=shard-{number}",
            f"--steering-resume={killed}",
        )
        run = project.runpytest_subprocess if workers else project.runpytest
        run("-q", *flags, *workers)
    folders = [str(*project.path.glob(f"shard-{number}/runs/*")) for number in (1, 2)]

    assert main(["merge", *folders, "--into", str(project.path / "all")]) == 0
    assert lines(project, str(project.path / "all")) == serial
    assert (killed / "records.jsonl").read_bytes() == before


def test_a_killed_shard_goes_on_where_it_was_and_as_a_whole_run(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=TESTS)
    own = ran(project, "--steering-shard=1/2")
    ran(project, "--steering-shard=1/2", "--steering-resume=latest")
    assert (len(list(project.path.glob(".steering/runs/*"))), manifest(project).shard is None) == (1, False)
    assert set(manifest(project).selected) == own

    ran(project, "--steering-resume=latest")
    assert (len(manifest(project).selected), manifest(project).shard) == (9, None)
    assert len(lines(project, "latest")) == 18


def test_a_merge_that_lacks_a_shard_is_no_pass_and_is_completed_as_it_says(
    project: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    project.makepyfile(test_it=TESTS)
    ran(project)
    serial = lines(project, "latest")
    for number in (1, 3, 4):
        ran(project, f"--steering-shard={number}/4", f"--steering-dir=shard-{number}")
    folders = [str(*project.path.glob(f"shard-{number}/runs/*")) for number in (1, 3, 4)]
    whole = project.path / "all"

    assert main(["merge", *folders, "--into", str(whole)]) == 4
    assert main(["merge", *folders, "--into", str(whole), "--partial"]) == 0
    capsys.readouterr()
    assert main(["gate", str(whole)]) == 2
    told = capsys.readouterr().out
    assert "merged without shard 2/4, which has" in told
    assert main(["report", str(whole)]) == 0
    assert f"--steering-resume={whole}" in capsys.readouterr().out.replace("\n", "").replace(" ", "")

    project.runpytest("-q", f"--steering-resume={whole}")
    assert lines(project, str(whole)) == serial
    assert not find_run(str(whole), whole).manifest.missing
