"""A model's architecture as it is seen by what reads and writes at another site of its blocks.

Whatever is done at the output of a block is done at the output of any module: the view has these in place of
the blocks, so that engines, proof and witness need to know nothing of sites.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.errors import ModelError
from pytest_steering.models.finding.architecture import Architecture, Block
from pytest_steering.models.finding.input_readers import require_read_by_blocks_alone
from pytest_steering.models.finding.inside_blocks import BlockPass, InnerCall, Key, passed_through
from pytest_steering.models.finding.parts_of_blocks import parts_of_blocks
from pytest_steering.steering.sites import ATTENTION_OUTPUT, BLOCK_INPUT, BLOCK_OUTPUT

if TYPE_CHECKING:
    from torch import Tensor
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
    passed = passed_through(model, whole)
    handed = [block.output for block in passed.blocks[:-1]]
    for layer, (block, below) in enumerate(zip(passed.blocks[1:], handed, strict=True), 1):
        if not _keys(block, below):
            raise ModelError(
                f"block {layer} does not read what block {layer - 1} hands on, so that its input is no "
                "module's output; steer a block output"
            )
    first = [call for call in passed.before if _keys(passed.blocks[0], call.state)]
    if not first:
        raise ModelError(
            "block 0 does not read what a module returns, as where embeddings are scaled or added up outside "
            "of one; the input of block k above 0 is the block output of k − 1"
        )
    found = (_block(first[-1], whole.blocks[0]), *whole.blocks[:-1])
    states = (first[-1].state, *handed)
    keys = [_keys(block, state) for block, state in zip(passed.blocks, states, strict=True)]
    require_read_by_blocks_alone(model, whole, found, keys)
    return found


def _keys(block: BlockPass, state: Tensor | None) -> list[Key]:
    """Return the arguments by which a block was given a state."""
    import torch

    if state is None:
        return []
    return [key for key, given in block.given.items() if torch.equal(given.to(state.device), state)]


def _block(call: InnerCall, block: Block) -> Block:
    return Block(call.path, call.number, call.place, block.kind)
