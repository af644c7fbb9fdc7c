"""The sweep by other libraries, cell by cell, on the same model, vectors, prompts and tokens."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from benchmarks.performance.fused import full_sweep
from benchmarks.performance.peers import PEERS
from benchmarks.performance.workloads import NEW_TOKENS, Spent, note, peer_run, ratios, sampled, scaled
from pytest_steering import Completion, Positions

pytestmark = pytest.mark.performance


@cache
def steered_everywhere() -> list[Completion]:
    """Return the answers of the first sampled cell as the peers steer: at every token of the prompt, too."""
    sweep = full_sweep()
    everywhere = replace(sweep.cells[sampled(sweep.cells)[0]], positions=Positions.parse("all"))
    return sweep.model.complete(sweep.prompts, [everywhere], max_new_tokens=NEW_TOKENS).arms[0]


@pytest.mark.parametrize("peer", PEERS)
def test_a_sweep_by_a_peer_takes_three_times_as_long(peer: str) -> None:
    sweep = full_sweep()
    theirs = peer_run("peers.py", peer, len(sweep.prompts))
    pairs = list(zip(steered_everywhere(), theirs["tokens"], strict=True))
    equal = sum(list(ours.token_ids) == ids for ours, ids in pairs)
    tied = sum(list(ours.token_ids) != ids and ours.tied_at is not None for ours, ids in pairs)
    whole = scaled([Spent(**spent) for spent in theirs["cells"]], len(sweep.cells))
    ratio = ratios(whole, sweep.tree.spent)
    note(
        f"peer-{peer}",
        ratio=ratio,
        equal=equal,
        unequal_after_a_tie=tied,
        prompts=len(pairs),
        cells_alone=theirs["cells"],
        fused=vars(sweep.tree.spent),
    )
    assert equal + tied == len(pairs)
    assert ratio["wall"] >= 3.0
