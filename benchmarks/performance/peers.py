"""The same work by repeng, steering-vectors or a hand-written nnsight loop; prints one JSON line.

Run by test_peers.py in an environment that has the peer: `python peers.py repeng 8`, for 8 prompts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.performance.workloads import (
    NEW_TOKENS,
    Spent,
    random_module,
    random_prompts,
    sampled,
    sweep_cells,
    timed,
    word_tokenizer,
)


@contextmanager
def by_repeng(module: Any, layer: int, delta: Any) -> Iterator[Any]:
    from repeng.control import ControlModel  # type: ignore[import-not-found]  # in the peer's environment

    controlled = ControlModel(module, [layer])
    controlled.set_raw_control({layer: delta})
    try:
        yield controlled.generate
    finally:
        controlled.unwrap()


@contextmanager
def by_steering_vectors(module: Any, layer: int, delta: Any) -> Iterator[Any]:
    from steering_vectors import SteeringVector  # type: ignore[import-not-found]  # in the peer's environment

    with SteeringVector({layer: delta}).apply(module):
        yield module.generate


@contextmanager
def by_nnsight(module: Any, layer: int, delta: Any) -> Iterator[Any]:
    import nnsight

    wrapped = nnsight.TransformersModel(module, tokenizer=word_tokenizer(), task="text-generation")

    def generate(**inputs: Any) -> Any:
        options = {k: v for k, v in inputs.items() if k not in ("input_ids", "attention_mask")}
        read = {k: inputs[k] for k in ("input_ids", "attention_mask")}
        with wrapped.generate(**options) as tracer:
            with tracer.invoke(read):
                for _step in tracer.iter[:]:
                    wrapped.model.layers[layer].output = wrapped.model.layers[layer].output + delta
            with tracer.invoke():
                ids = tracer.result.save()
        return ids

    yield generate


PEERS = {"repeng": by_repeng, "steering-vectors": by_steering_vectors, "nnsight": by_nnsight}


def main(peer: str, count: int) -> None:
    """Generate under each sampled cell; print what each took and the tokens of the first."""
    import torch

    module, tokenizer, cells = random_module(), word_tokenizer(), sweep_cells()
    inputs = dict(tokenizer(random_prompts(count), padding=True, return_tensors="pt"))
    read = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    options = {"max_new_tokens": NEW_TOKENS, "do_sample": False, "pad_token_id": 0}
    took: list[Spent] = []
    first: list[list[int]] = []
    for cell in (cells[number] for number in sampled(cells)):
        layer = cell.at[0]
        with PEERS[peer](module, layer, cell.delta(layer)) as generate, torch.no_grad():
            spent, ids = timed(lambda run=generate: run(**read, **options))  # type: ignore[misc]
        took.append(spent)
        first = first or ids[:, read["input_ids"].shape[1] :].tolist()
    print(json.dumps({"cells": [vars(spent) for spent in took], "tokens": first}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
