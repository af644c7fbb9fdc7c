"""Models with random weights, prompts and cells of a known size, and two clocks."""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pytest_steering import ContrastPair, Intervention, SteerableModel, SteeringVector

T = TypeVar("T")

PROMPTS = int(os.environ.get("PERFORMANCE_PROMPTS", "64"))
PROMPT_TOKENS = int(os.environ.get("PERFORMANCE_PROMPT_TOKENS", "400"))
NEW_TOKENS = int(os.environ.get("PERFORMANCE_NEW_TOKENS", "32"))
SAMPLED_CELLS = int(os.environ.get("PERFORMANCE_CELLS", "6"))
ROWS = 64
HIDDEN, BLOCKS, VOCABULARY = 768, 12, 8192

RESULTS = Path(".steering") / "performance"


@dataclass(frozen=True)
class Spent:
    """What a call took.

    Attributes:
        wall: Seconds that passed.
        cpu: Seconds that processors worked for this process: the fairer of the two on a busy machine, while
            on an idle one it counts threads that wait for each other, too.
    """

    wall: float
    cpu: float


def timed(call: Callable[[], T]) -> tuple[Spent, T]:
    """Return what a call took and what it returned."""
    finish_queued_kernels()
    wall, cpu = time.perf_counter(), time.process_time()
    value = call()
    finish_queued_kernels()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu), value


def finish_queued_kernels() -> None:
    """Wait for a CUDA device, where there is one: it returns before its work is done."""
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()


def scaled(alone: Sequence[Spent], cells: int) -> Spent:
    """Return what all cells would take one by one, from what some of them took."""
    many = cells / len(alone)
    return Spent(many * sum(one.wall for one in alone), many * sum(one.cpu for one in alone))


def ratios(part: Spent, whole: Spent) -> dict[str, float]:
    """Return part over whole by both clocks."""
    return {"wall": part.wall / whole.wall, "cpu": part.cpu / whole.cpu}


def sampled(cells: Sequence[Intervention]) -> list[int]:
    """Return which cells are run one by one."""
    return sorted(random.Random(0).sample(range(len(cells)), SAMPLED_CELLS))


def note(name: str, **numbers: Any) -> None:
    """Write one measurement as JSON, with what it holds for, and print it."""
    import torch
    import transformers

    held = {
        "machine": platform.platform(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "processors": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load": os.getloadavg()[0],
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps({**numbers, "held": held}, indent=1))
    print(name, json.dumps(numbers))  # noqa: T201 - what a person runs a benchmark for


def require_peers() -> str:
    """Return the Python of the environment that has the peers; skip where none is named."""
    import pytest

    python = os.environ.get("PERFORMANCE_PEERS")
    if not python:
        pytest.skip("set PERFORMANCE_PEERS to the Python of an environment that has the peers installed")
    return python


def peer_run(script: str, peer: str, count: int) -> Any:
    """Return what a script printed in the environment that has the peers; skip where none is named."""
    here = Path(__file__).parent
    done = subprocess.run(
        [require_peers(), str(here / script), peer, str(count)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parents[1])])},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def peak_mib(what: str) -> float:
    """Return the peak memory of a process of its own (see peak.py); what was held before would hide it."""
    command = [sys.executable, str(Path(__file__).parent / "peak.py"), what]
    root = str(Path(__file__).parents[2])
    surroundings = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=True)
    return float(done.stdout.splitlines()[-1])


def random_module(kv_heads: int = 4, seed: int = 0) -> Any:
    """Return an 82 M-parameter Qwen2 with random weights, float32, that never ends an answer."""
    import torch
    from transformers import AutoModelForCausalLM, Qwen2Config

    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=HIDDEN,
        num_hidden_layers=BLOCKS,
        num_attention_heads=12,
        num_key_value_heads=kv_heads,
        intermediate_size=2048,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        initializer_range=0.05,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=None,
    )
    return AutoModelForCausalLM.from_config(config).eval()


def word_tokenizer() -> Any:
    """Return a tokenizer with one token a word, `t2` … `t8191`."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {"<pad>": 0, "<end>": 1, **{f"t{n}": n for n in range(2, VOCABULARY)}}
    raw = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", padding_side="left")


def random_model(kv_heads: int = 4) -> SteerableModel:
    """Return the random module as a user holds it, on a CUDA device where there is one."""
    import torch

    module = random_module(kv_heads).to("cuda" if torch.cuda.is_available() else "cpu")
    model = SteerableModel.wrap(module, word_tokenizer(), name=f"random-{kv_heads}-kv")
    return replace(model, batch_rows=ROWS, loaded=replace(model.loaded, stop_ids=frozenset()))


def random_prompts(count: int = PROMPTS, tokens: int = PROMPT_TOKENS, seed: int = 1) -> list[str]:
    """Return prompts of random words, up to a twentieth shorter than asked."""
    drawn = random.Random(seed)
    lengths = [tokens - drawn.randrange(max(1, tokens // 20)) for _ in range(count)]
    return [" ".join(f"t{drawn.randrange(2, VOCABULARY)}" for _ in range(length)) for length in lengths]


def random_pairs(count: int, tokens: int) -> list[ContrastPair]:
    """Return contrast pairs of random words."""
    both = random_prompts(2 * count, tokens)
    sides = zip(both[::2], both[1::2], strict=True)
    return [ContrastPair(one, other, str(number)) for number, (one, other) in enumerate(sides)]


def sweep_cells(
    layers: Sequence[int] = (3, 5, 7, 9), hidden: int = HIDDEN, norm: float = 5.0
) -> list[Intervention]:
    """Return layers × 5 coefficients × {vector, random, negated} at `last`."""
    import torch

    drawn = torch.Generator().manual_seed(3)
    cells = []
    for layer in layers:
        direction = torch.randn(hidden, generator=drawn)
        vector = SteeringVector({layer: norm * direction / direction.norm()})
        for scale in (0.5, 1.0, 2.0, 4.0, 8.0):
            three = ((vector, scale), (vector.random_like(1), scale), (vector, -scale))
            cells += [Intervention(one, [layer], factor) for one, factor in three]
    return cells
