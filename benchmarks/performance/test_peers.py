"""The sweep by other libraries, cell by cell, on the same model, vectors, prompts and tokens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fused import Sweep
from peers import PEERS
from workloads import NEW_TOKENS, Spent, note, peer_run, ratios, sampled, scaled

from pytest_steering.models.completion import Completion
from pytest_steering.steering.positions import Positions

pytestmark = pytest.mark.performance


@pytest.fixture(scope="session")
def steered_everywhere(full_sweep: Sweep) -> list[Completion]:
    """Return the answers of the first sampled cell as the peers steer: at every token of the prompt, too."""
    cell = full_sweep.cells[sampled(full_sweep.cells)[0]]
    everywhere = replace(cell, positions=Positions.parse("all"))
    return list(
        full_sweep.model.complete(full_sweep.prompts, [everywhere], max_new_tokens=NEW_TOKENS).arms[0]
    )


@pytest.mark.parametrize("peer", PEERS)
def test_a_sweep_by_a_peer_takes_three_times_as_long(
    peer: str, full_sweep: Sweep, steered_everywhere: list[Completion]
) -> None:
    theirs = peer_run("peers.py", peer, len(full_sweep.prompts))
    pairs = list(zip(steered_everywhere, theirs["tokens"], strict=True))
    equal = sum(list(ours.token_ids) == ids for ours, ids in pairs)
    tied = sum(list(ours.token_ids) != ids and ours.tied_at is not None for ours, ids in pairs)
    whole = scaled([Spent(**spent) for spent in theirs["cells"]], len(full_sweep.cells))
    ratio = ratios(whole, full_sweep.tree.spent)
    note(
        f"peer-{peer}",
        ratio=ratio,
        equal=equal,
        unequal_after_a_tie=tied,
        prompts=len(pairs),
        cells_alone=theirs["cells"],
        fused=vars(full_sweep.tree.spent),
    )
    assert equal + tied == len(pairs)
    assert ratio["wall"] >= 3.0
