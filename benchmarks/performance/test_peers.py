"""The sweep by other libraries, cell by cell, on the same model, vector, prompts and tokens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from peers import LAYER_CELL, PEERS
from workloads import NEW_TOKENS, PROMPTS, note, peer_run, random_model, random_prompts, sweep_cells, timed

from pytest_steering.steering.positions import Positions

pytestmark = pytest.mark.performance


@pytest.mark.parametrize("peer", PEERS)
def test_a_sweep_by_a_peer_takes_three_times_as_long(peer: str) -> None:
    found = peer_run("peers.py", peer, PROMPTS)
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
