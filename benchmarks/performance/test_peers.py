"""The sweep by other libraries, cell by cell, on the same model, vector, prompts and tokens."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from peers import LAYER_CELL, PEERS
from workloads import NEW_TOKENS, PROMPTS, note, random_model, random_prompts, sweep_cells, timed

from pytest_steering.steering.positions import Positions

pytestmark = pytest.mark.performance

PYTHON = os.environ.get("PERFORMANCE_PEERS", "")


def peer_run(peer: str) -> Any:
    if not PYTHON:
        pytest.skip("set PERFORMANCE_PEERS to the Python of an environment that has the peers installed")
    here = Path(__file__).parent
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parents[1])])}
    done = subprocess.run(
        [PYTHON, str(here / "peers.py"), peer, str(PROMPTS)],
        capture_output=True,
        text=True,
        env=surroundings,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("peer", PEERS)
def test_a_sweep_by_a_peer_takes_three_times_as_long(peer: str) -> None:
    found = peer_run(peer)
    model, prompts, cells = random_model(), random_prompts(), sweep_cells()
    # The peers add at every token of the prompt as well; so does this run, to compare their tokens.
    everywhere = replace(cells[LAYER_CELL], positions=Positions.parse("all"))
    expected = model.complete(prompts, [everywhere], max_new_tokens=NEW_TOKENS).arms[0]
    equal = sum(list(one.token_ids) == ids for one, ids in zip(expected, found["tokens"], strict=True))
    tied = sum(one.tied_at is not None for one in expected)
    fused, _ = timed(lambda: model.complete(prompts, cells, max_new_tokens=NEW_TOKENS))
    ratio = len(cells) * found["cpu"] / fused.cpu
    note(
        f"peer-{peer}",
        ratio=ratio,
        equal=equal,
        tied=tied,
        prompts=len(prompts),
        cell=found["cpu"],
        fused=vars(fused),
    )
    assert equal + tied >= len(prompts)
    assert ratio >= 3.0
