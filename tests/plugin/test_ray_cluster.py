"""A real cluster of two nodes on this machine, whose workers and nodes are killed as tests run."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.records import Record
from pytest_steering.run_folder.runs import find_run

# At the top: a pytest inside this one would forget it, and it cannot be imported a second time.
cluster_utils = pytest.importorskip("ray.cluster_utils", reason="pip install pytest-steering[ray]")

TESTS = """
    import os, signal, time
    from pathlib import Path
    import pytest

    HERE = Path(__file__).parent

    def first_time(name):
        try:
            (HERE / name).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    @pytest.mark.parametrize("n", range(3))
    def test_a(steering, n, request):
        name = request.node.name
        if name == os.environ.get("PYTEST_KILL") and first_time("killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        steering.run()
        if name in os.environ.get("PYTEST_LINGER", "").split() and first_time(f"lingers-{name}"):
            import ray
            (HERE / "node").write_text(ray.get_runtime_context().get_node_id())
            time.sleep(float(os.environ["PYTEST_FOR"]))

    def test_plain(): pass
    def test_wrong(steering): assert 1 == 2
"""

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("few_plugins")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two nodes with a processor each; the head has none, so that either may be killed."""
    small = {"object_store_memory": 80 << 20}
    made = cluster_utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **small}
    )
    for _ in range(2):
        made.add_node(num_cpus=1, **small)
    yield made
    made.shutdown()


def run(project: pytest.Pytester, cluster: Any) -> pytest.RunResult:
    flags = ["--steering-executor=ray", f"--steering-ray-address={cluster.address}"]
    return project.run(sys.executable, "-m", "pytest", *flags, timeout=200)


def cells(project: pytest.Pytester) -> dict[str, Record]:
    records = find_run("latest", project.path / ".steering").read().records
    assert len({one.key for one in records}) == len(records)
    return {one.key: one for one in records}


def test_the_records_are_those_of_a_serial_run(project: pytest.Pytester, cluster: Any) -> None:
    project.makepyfile(test_it=TESTS)
    run(project, cluster).assert_outcomes(passed=10, failed=3)
    elsewhere = cells(project)
    project.runpytest().assert_outcomes(passed=10, failed=3)

    assert len(elsewhere) == 18
    assert elsewhere == cells(project)


def test_a_worker_and_a_node_that_die_lose_no_cell_and_make_none_twice(
    project: pytest.Pytester, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.makepyfile(test_it=TESTS)
    monkeypatch.setenv("PYTEST_KILL", "test_a[one-1]")
    monkeypatch.setenv("PYTEST_LINGER", "test_a[two-1]")
    monkeypatch.setenv("PYTEST_FOR", "60")
    killer = threading.Thread(target=_kill_node, args=(cluster, project.path / "node"))
    killer.start()
    result = run(project, cluster)
    killer.join()

    result.assert_outcomes(passed=10, failed=3)
    assert len(json.loads((project.path / "seen").read_text())) >= 2  # workers that said they live
    result.stdout.fnmatch_lines(["2 workers died with a test; cells that had ended were not run again"])
    found = cells(project)
    assert len(found) == 18
    killed = [one for one in found.values() if one.node_id.endswith("test_a[one-1]")]
    assert [one.latency["worker_deaths"] for one in killed] == [1.0, 1.0]


def _kill_node(cluster: Any, told: Path) -> None:
    """Kill the node that a test says it is on."""
    until = time.monotonic() + 150
    while not told.exists() and time.monotonic() < until:
        time.sleep(0.2)
    alive = find_run("latest", told.parent / ".steering").heartbeats
    told.with_name("seen").write_text(json.dumps([beat.worker for beat in alive]))
    time.sleep(1)  # what the test has recorded is on its way
    node = next(one for one in cluster.list_all_nodes() if one.node_id == told.read_text())
    cluster.remove_node(node, allow_graceful=False)
