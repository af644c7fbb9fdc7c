"""Steering written a second time, as plainly as possible: the measure that the package is held against."""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

Steers = Callable[[int, int], bool]
"""Whether a token (number in the row without pads, prompt length) is steered."""


@dataclass
class Row:
    """One sequence: its prompt, the vectors at its layers, its steered tokens, and what is done there."""

    prompt: list[int]
    deltas: Mapping[int, Tensor]
    steers: Steers
    edit: Callable[[Tensor, Tensor], Tensor] = operator.add


def ablated(state: Tensor, vector: Tensor) -> Tensor:
    """A state without its part along a vector, in double precision."""
    h, v = state.double(), vector.double()
    return (h - (h @ v) / (v @ v) * v).to(state.dtype)


@dataclass
class Answer:
    """Generated tokens up to the stop token, and the log-probabilities of the first one."""

    tokens: list[int]
    first: Tensor


EVERYWHERE: dict[str, Steers] = {
    "last": lambda token, prompt: token >= prompt - 1,
    "last_prompt": lambda token, prompt: token == prompt - 1,
    "prompt": lambda token, prompt: token < prompt,
    "generated": lambda token, prompt: token >= prompt,
    "all": lambda _token, _prompt: True,
    "generated[:2]": lambda token, prompt: prompt <= token < prompt + 2,
    "all - prompt[:1]": lambda token, _prompt: token != 0,
}


def greedy(
    module: Any, block_path: str, rows: Sequence[Row], steps: int, pad: int, stop_ids: frozenset[int]
) -> list[Answer]:
    """Generate greedily with a KV cache from one left-padded batch, editing each row's states by hooks."""
    import torch

    width = max(len(row.prompt) for row in rows)
    pads = [width - len(row.prompt) for row in rows]
    ids = torch.tensor([[pad] * p + row.prompt for p, row in zip(pads, rows, strict=True)])
    mask = torch.tensor([[0] * p + [1] * len(row.prompt) for p, row in zip(pads, rows, strict=True)])
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    answers: list[list[int]] = [[] for _ in rows]
    cache, start, first = None, 0, None
    for _ in range(steps):
        with torch.no_grad(), editing(module, block_path, rows, pads, start):
            output = module(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
            )
        scores = output.logits[:, -1].log_softmax(-1)
        first = scores if first is None else first
        chosen = scores.argmax(-1)
        for answer, token in zip(answers, chosen.tolist(), strict=True):
            if not stop_ids.intersection(answer):
                answer.append(token)
        start, cache = mask.shape[1], output.past_key_values
        ids = torch.tensor([[answer[-1]] for answer in answers])
        mask = torch.cat([mask, torch.ones(len(rows), 1, dtype=mask.dtype)], dim=1)
        positions = positions[:, -1:] + 1
    assert first is not None
    return [Answer(answer, first[number]) for number, answer in enumerate(answers)]


def full_logits(module: Any, block_path: str, row: Row, answer: Sequence[int]) -> Tensor:
    """Logits after each token of prompt + answer, of one row alone, without cache or pads."""
    import torch

    with torch.no_grad(), editing(module, block_path, [row], [0], 0):
        ids = torch.tensor([[*row.prompt, *answer]])
        logits: Tensor = module(input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False).logits
    return logits[0]


@contextlib.contextmanager
def editing(
    module: Any, block_path: str, rows: Sequence[Row], pads: Sequence[int], start: int
) -> Iterator[None]:
    """Edit each row's states at its steered tokens while a pass reads the columns from `start` on."""
    blocks = module.get_submodule(block_path)

    def hook_of(layer: int) -> Callable[[Any, Any, Any], Any]:
        def hook(_module: Any, _inputs: Any, output: Any) -> Any:
            state = (output[0] if isinstance(output, tuple) else output).clone()
            for number, (row, pad) in enumerate(zip(rows, pads, strict=True)):
                for column in range(state.shape[1]):
                    token = start + column - pad
                    if token >= 0 and layer in row.deltas and row.steers(token, len(row.prompt)):
                        state[number, column] = row.edit(state[number, column], row.deltas[layer])
            return (state, *output[1:]) if isinstance(output, tuple) else state

        return hook

    handles = [block.register_forward_hook(hook_of(layer)) for layer, block in enumerate(blocks)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
