from __future__ import annotations

import pytest

from tools.census.kept_findings import REFUSED, STEERED
from tools.census.sites import WITHIN, counted, reason_of, section, tried

ADDED = "what attention and MLP add is not found: the output of block {} is not its input plus that. It may"


def test_model_types_are_counted_by_site_and_named_by_what_stands_against_it() -> None:
    found = {
        "whole": (STEERED, {}),
        "odd": (STEERED, {"mlp output": ADDED.format(0)}),
        "odder": (STEERED, {"mlp output": ADDED.format(3), "block input": "block 0 reads nothing; steer"}),
        "none": (REFUSED, {}),
    }
    assert counted(found) == (
        "Of 3 steered model types can be steered: 2 at the block input, 3 at the attention output, "
        "1 at the mlp output."
    )
    text = section(found)
    assert f"| `mlp_output` | {reason_of(ADDED.format(7))} | 2: `odd`, `odder` |" in text
    assert "| `block_input` | a block reads nothing | 1: `odder` |" in text
    assert "`whole`" not in text
    assert "`none`" not in text


@pytest.mark.slow
@pytest.mark.parametrize("model_type", ["gpt2", "bloom"])
def test_a_model_type_has_every_site(model_type: str) -> None:
    assert tried(model_type) == (STEERED, {})


@pytest.mark.slow
def test_a_model_type_without_a_site_says_why_at_each() -> None:
    state, refused = tried("falcon_h1")
    assert state == STEERED
    assert set(refused) <= set(WITHIN)
    assert all("is not its input plus" in refused[site] for site in ("attention output", "mlp output"))
