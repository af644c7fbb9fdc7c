"""A model's architecture as it is seen by what reads and writes at another site of its blocks.

Whatever is done at the output of a block is done at the output of any module: the view has these in place of
the blocks, so that engines, proof and witness need to know nothing of sites.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import ModelError
from pytest_steering.models.finding.architecture import Architecture, Block
from pytest_steering.models.finding.inside_blocks import InnerCall, passed_through
from pytest_steering.models.finding.parts_of_blocks import parts_of_blocks
from pytest_steering.steering.sites import ATTENTION_OUTPUT, BLOCK_INPUT, BLOCK_OUTPUT

if TYPE_CHECKING:
    from torch.nn import Module


def architecture_at(model: Module, architecture: Architecture, site: str) -> Architecture:
    """Return where a site of the model's blocks can be read and written.

    Args:
        model: With its weights; up to three short forward passes are watched.
        architecture: Of the model, at any site.
        site: One of `SITES`.

    Raises:
        ModelError: The model has no such site; the message says why.
    """
    whole = architecture.whole or architecture
    if site == BLOCK_OUTPUT:
        return whole
    blocks = _inputs(model, whole) if site == BLOCK_INPUT else _parts(model, whole, site)
    return replace(whole, blocks=blocks, site=site, whole=whole)


def _parts(model: Module, whole: Architecture, site: str) -> tuple[Block, ...]:
    parts = parts_of_blocks(model, whole)
    calls = [one.attention if site == ATTENTION_OUTPUT else one.mlp for one in parts]
    return tuple(_block(call, block) for call, block in zip(calls, whole.blocks, strict=True))


def _inputs(model: Module, whole: Architecture) -> tuple[Block, ...]:
    """A block reads what the one below it hands on; the first reads what the embeddings hand on."""
    import torch

    passed = passed_through(model, whole)
    handed = [block.output for block in passed.blocks[:-1]]
    for layer, (block, below) in enumerate(zip(passed.blocks[1:], handed, strict=True), 1):
        if not any(torch.equal(given, below) for given in block.given.values() if below is not None):
            raise ModelError(
                f"block {layer} does not read what block {layer - 1} hands on, so that its input is no "
                "module's output; steer a block output"
            )
    first = [
        call
        for call in passed.before
        for given in list(passed.blocks[0].given.values())
        if torch.equal(call.state, given)
    ]
    if not first:
        raise ModelError(
            "block 0 does not read what a module returns, as where embeddings are scaled or added up outside "
            "of one; the input of block k above 0 is the block output of k − 1"
        )
    return (_block(first[-1], whole.blocks[0]), *whole.blocks[:-1])


def _block(call: InnerCall, block: Block) -> Block:
    return Block(call.path, call.number, call.place, block.kind)
