"""Prints the peak memory, in MiB, of a process that ran one cell or a sweep: `python peak.py tree`."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.performance.workloads import (
    NEW_TOKENS,
    ROWS,
    random_model,
    random_pairs,
    random_prompts,
    sweep_cells,
)
from pytest_steering import extract

SWEEP_PROMPTS = 8
"""Enough for several batches at the row budget; more only repeat them. One cell fills it with its own."""

EXTRACTION_TOKENS = 20
"""Few, so that what is kept of each pair would show beside what a batch needs."""


def main(what: str) -> None:
    model, cells = random_model(), sweep_cells()
    if what == "cell":
        model.complete(random_prompts(ROWS), cells[:1], max_new_tokens=NEW_TOKENS)
    elif what in ("tree", "copies"):
        one_way = replace(model, sharing=what)
        one_way.complete(random_prompts(SWEEP_PROMPTS), cells, max_new_tokens=NEW_TOKENS)
    elif what.startswith("extraction:"):
        _, method, count = what.split(":")
        extract(model, random_pairs(int(count), EXTRACTION_TOKENS), method)
    print(peak_mib(model.loaded.device))  # noqa: T201


def peak_mib(device: str) -> float:
    """Return the most memory held so far: by tensors on a GPU, else by this process without its parent."""
    import torch

    if torch.device(device).type == "cuda":
        return float(torch.cuda.max_memory_allocated(device) / (1 << 20))
    (held,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(held) / 1024


if __name__ == "__main__":
    main(sys.argv[1])
