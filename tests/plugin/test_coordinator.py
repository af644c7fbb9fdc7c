from __future__ import annotations

import pytest

from pytest_steering.records import Record
from pytest_steering.run_folder.runs import Run, find_run

pytestmark = pytest.mark.usefixtures("few_plugins")

# A pool whose workers are this very process: each runs a test as a worker would, and says what it is told to.
POOL = """
    import os
    from _pytest.runner import runtestprotocol
    from pytest_steering.coordinator import Coordinator
    from pytest_steering.execution.messages import Message
    from pytest_steering.plugin import BEGUN
    from pytest_steering.records import from_line, to_line
    from pytest_steering.pytest_session.session import session_of
    from pytest_steering.undecided import watched

    class Pool:
        def __init__(self, session, deaths):
            self.session, self.deaths, self.queue, self.sent = session, deaths, [], []
            self.said = [("w1", Message("ready")), ("w2", Message("ready"))]
        def send(self, worker, unit, finished):
            self.sent.append((unit.test, len(finished)))
            item = next(one for one in self.session.items if one.nodeid == unit.test)
            self.said += [(worker, one) for one in self.heard(item, finished)]
        def heard(self, item, finished):
            steering, made = session_of(item.config), []
            known = {one.key: one for one in map(from_line, finished)}
            steering.finished[item.nodeid] = known
            write = steering.write
            steering.write = lambda record: made.append(Message("record", to_line(record)))
            behind = next(one for one in self.session.items if one is not item)
            with watched() as begun:
                item.stash[BEGUN] = begun
                phases = runtestprotocol(item, log=False, nextitem=behind)
            steering.write = write
            to_data = item.config.hook.pytest_report_to_serializable
            made += [Message("report", data=to_data(config=item.config, report=one)) for one in phases]
            if self.deaths and self.deaths[0] in item.nodeid:
                self.deaths.pop(0)
                return [*made[:1], Message("died", "killed by signal 9")]
            return [*made, Message("ended")]
        def messages(self):
            number = 3
            while self.said:
                worker, message = self.said.pop(0)
                yield worker, message
                if message.kind == "died":
                    self.said.append((f"w{number}", Message("ready")))
                    number += 1
        def close(self):
            (self.session.config.rootpath / "sent.txt").write_text(repr(self.sent))
            return []

    def pytest_runtestloop(session):
        Coordinator(session, Pool(session, os.environ.get("DEATHS", "").split())).run()
        return True
"""

TESTS = """
    import pytest
    @pytest.mark.parametrize("n", range(3))
    def test_a(steering, n): steering.run()
    def test_plain(): pass
    def test_wrong(steering): assert 1 == 2
"""


@pytest.fixture
def handed_out(project: pytest.Pytester) -> pytest.Pytester:
    """A project whose tests are handed out to two workers."""
    project.makepyfile(test_it=TESTS, pool=POOL)
    project.makeini("[pytest]\nsteering_models =\n  one\n  two\naddopts = -p pool\npythonpath = .\n")
    return project


def run_of(project: pytest.Pytester) -> Run:
    return find_run("latest", project.path / ".steering")


def cells(project: pytest.Pytester) -> dict[str, Record]:
    records = run_of(project).read().records
    assert len({one.key for one in records}) == len(records)
    return {one.key: one for one in records}


def test_all_tests_run_and_their_reports_and_records_are_those_of_a_serial_run(
    handed_out: pytest.Pytester,
) -> None:
    result = handed_out.runpytest()
    result.assert_outcomes(passed=7, failed=2)
    elsewhere = cells(handed_out)
    handed_out.runpytest("-p", "no:pool").assert_outcomes(passed=7, failed=2)

    assert elsewhere == cells(handed_out)
    assert run_of(handed_out).manifest.status == "failed"


def test_a_worker_that_dies_costs_only_what_it_had_in_flight(
    handed_out: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEATHS", "test_a[two-0] test_a[one-1]")
    result = handed_out.runpytest()
    result.assert_outcomes(passed=7, failed=2)
    found = cells(handed_out)

    assert len(found) == 12
    again = [one for one in found.values() if "worker_deaths" in one.latency]
    assert [one.arm for one in again] == ["steered", "steered"]
    assert "('test_it.py::test_a[one-1]', 1)" in (handed_out.path / "sent.txt").read_text()
    result.stdout.fnmatch_lines(["2 workers died with a test; *"])


def test_a_test_that_brings_every_worker_down_fails_and_the_others_run(
    handed_out: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEATHS", " ".join(["test_a[one-1]"] * 3))
    result = handed_out.runpytest()

    result.assert_outcomes(passed=6, failed=3)
    result.stdout.fnmatch_lines(["*test_a?one-1? did not run to its end: 3 workers died of it*signal 9"])
    assert run_of(handed_out).manifest.selected["test_it.py::test_a[one-1]"].ending == "failed"


def test_a_killed_run_is_gone_on_with_elsewhere(
    handed_out: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_out.runpytest("-p", "no:pool", "-k", "test_a and one", "-x")
    before = run_of(handed_out).path.read_bytes()
    handed_out.runpytest("--steering-resume=latest").assert_outcomes(passed=7, failed=2)

    assert run_of(handed_out).path.read_bytes().startswith(before)
    assert len(cells(handed_out)) == 12


def test_where_every_test_needs_a_model_none_runs_here(handed_out: pytest.Pytester) -> None:
    handed_out.runpytest("-k", "test_a").assert_outcomes(passed=6, deselected=3)

    assert len(cells(handed_out)) == 12
