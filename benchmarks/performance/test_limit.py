"""How near prefill and decode come to what the machine does in a plain product and a plain copy."""

from __future__ import annotations

import pytest

from benchmarks.performance.workloads import (
    BLOCKS,
    HIDDEN,
    note,
    random_model,
    random_prompts,
    sweep_cells,
    timed,
)

pytestmark = pytest.mark.performance

REPEATS = 20


def plain_product(rows: int) -> float:
    """Return FLOP/s of a product of the size of a block's widest layer."""
    import torch

    left, right = torch.randn(rows, HIDDEN), torch.randn(HIDDEN, 2048)
    left @ right
    spent, _ = timed(lambda: [left @ right for _ in range(REPEATS)])
    return REPEATS * 2 * rows * HIDDEN * 2048 / spent.wall


def plain_copy() -> float:
    """Return bytes/s, read and written, of a copy that no cache holds."""
    import torch

    source = torch.randn(1 << 25)
    target = torch.empty_like(source)
    target.copy_(source)
    spent, _ = timed(lambda: [target.copy_(source) for _ in range(4)])
    return 4 * 2 * 4 * source.numel() / spent.wall


def test_prefill_and_decode_against_a_product_and_a_copy() -> None:
    model, cells = random_model(), sweep_cells()
    prompts = random_prompts(3, 400)
    # Read by every pass; the embedding, tied to the head, only where a next token is asked for.
    blocks = sum(p.numel() for name, p in model.loaded.module.named_parameters() if "embed" not in name)
    whole = sum(p.numel() for p in model.loaded.module.parameters())
    short, one = timed(lambda: model.complete(prompts, cells, max_new_tokens=1))
    long, many = timed(lambda: model.complete(prompts, cells, max_new_tokens=9))
    prefill_flop = 2 * blocks * one.counts.prompt_tokens
    decode_flop = 2 * whole * (many.counts.generated_tokens - one.counts.generated_tokens)
    decode_bytes = 4 * whole * (many.counts.forwards - one.counts.forwards)
    decode = long.wall - short.wall
    product, copy = plain_product(60), plain_copy()
    note(
        "limit",
        product_flop_per_s=product,
        copy_bytes_per_s=copy,
        prefill_share_of_product=prefill_flop / short.wall / product,
        decode_share_of_product=decode_flop / decode / product,
        decode_share_of_copy=decode_bytes / decode / copy,
        flop_per_byte=decode_flop / decode_bytes,
        flop_per_byte_where_both_bind=product / copy,
        blocks=BLOCKS,
    )
    assert decode > 0
