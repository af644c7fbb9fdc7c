"""The sites of a block at which states are read and steered, as a vector's provenance says them."""

from __future__ import annotations

from pytest_steering.errors import ModelError, did_you_mean

BLOCK_OUTPUT = "block output"
BLOCK_INPUT = "block input"
ATTENTION_OUTPUT = "attention output"
MLP_OUTPUT = "mlp output"

SITES = (BLOCK_OUTPUT, BLOCK_INPUT, ATTENTION_OUTPUT, MLP_OUTPUT)


def argument_of(site: str) -> str:
    """Return a site as an argument names it: `mlp_output` for `mlp output`."""
    return site.replace(" ", "_")


def site_named(name: object) -> str:
    """Return a site as provenance says it, from either form of its name.

    Raises:
        ModelError: There is no site of that name.
    """
    found = str(name).replace("_", " ")
    if found not in SITES:
        every = list(map(argument_of, SITES))
        known = f"{did_you_mean(str(name), every)}known are {', '.join(every)}"
        raise ModelError(f"site {name!r} is not known; {known}")
    return found
