"""Counts verdicts that differ between two runs of one spec: `python -m benchmarks.reruns --write FILE`.

Each embedded model runs the same cells twice, from the extraction on; the two runs differ in the one thing
that a kind of rerun names. What is written are counts, which the gate's simulated runs draw from.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

from pytest_steering import Experiment, Intervention, Outcome, SteerableModel, evaluate
from pytest_steering.gate.baseline_pairing import BaselinePairing, beside_baseline
from pytest_steering.gate.gated_metric import BY_ACCURACY
from pytest_steering.gate.near_ties import at_near_tie

MODELS = ("starcoder", "starcoder2", "qwen2")
PARTS = (0.25, 0.5, 0.75, 1.0, 1.5)
NEW_TOKENS = 8
PACKAGES = ("torch", "transformers", "nnsight", "numpy")


@dataclass(frozen=True)
class Run:
    """How the cells are run.

    Attributes:
        dtype: Of the weights.
        engine: `hooks` or `nnsight`.
        rows: Of a batch, at most.
        sharing: Whether the cells of one prompt share batches and read its beginning once.
        order: Seed by which the samples are shuffled; 0 leaves them as they are.
        threads: Of torch.
        temperature: Answers are sampled at it; 0 is the greedy search of the package.
        seed: Of the sampling.
    """

    dtype: str = "float32"
    engine: str = "hooks"
    rows: int = 64
    sharing: str = "auto"
    order: int = 0
    threads: int = 1
    temperature: float = 0.0
    seed: int = 0


Pairs = tuple[tuple[Run, Run], ...]
FIRST = Run()
HALF = Run(dtype="bfloat16")


def batches(first: Run) -> Pairs:
    """Pair a run with runs in other batches."""
    other = ((7, "none"), (16, "auto"), (33, "none"), (100, "auto"))
    return tuple(
        (first, replace(first, rows=rows, sharing=sharing, order=order))
        for order, (rows, sharing) in enumerate(other, start=1)
    )


def sampled(temperature: float) -> Pairs:
    """Pair runs that sample by other seeds."""
    runs = [Run(sharing="none", temperature=temperature, seed=seed) for seed in range(4)]
    return (runs[0], runs[1]), (runs[2], runs[3])


KINDS: Mapping[str, Pairs] = {
    "batch order and size, float32": batches(FIRST),
    "batch order and size, bfloat16": batches(HALF),
    "1 thread against 2": ((FIRST, replace(FIRST, threads=2)),),
    "engine hooks against nnsight": ((FIRST, replace(FIRST, engine="nnsight")),),
    "float32 against bfloat16": ((FIRST, HALF),),
    "another sampling seed, temperature 0.2": sampled(0.2),
    "another sampling seed, temperature 1": sampled(1.0),
}


@cache
def choice(name: str) -> tuple[int, float]:
    """Return layer and scale that are best on the dev split; they are part of the spec of every run."""
    experiment = Experiment(SteerableModel.load(name, device="cpu"))
    found = experiment.search(experiment.extract(experiment.contrast_pairs()))
    return found.layer, found.scale


@cache
def outcomes(name: str, run: Run) -> Mapping[str, tuple[Outcome, ...]]:
    """Run every cell of a model on the whole test split, and return what became of each sample, by cell."""
    import torch

    torch.set_num_threads(run.threads)
    loaded = SteerableModel.load(name, device="cpu", dtype=run.dtype, engine=run.engine, batch_rows=run.rows)
    model = replace(loaded, sharing=run.sharing)
    experiment = Experiment(model)
    arms = cells(name, experiment)
    asked = list(experiment.scored)
    if run.order:
        random.Random(run.order).shuffle(asked)
    with sampling(model, run):
        task = experiment.questions.task
        found = evaluate(model, task, asked, arms, max_new_tokens=NEW_TOKENS)
    torch.set_num_threads(1)
    return found.outcomes


def cells(name: str, experiment: Experiment) -> dict[str, Intervention | None]:
    """Return the unsteered cell and one for each part of the chosen scale, with this run's own vector."""
    layer, scale = choice(name)
    vector = experiment.extract(experiment.contrast_pairs())
    steered = {
        f"scale × {part:g}": Intervention(vector, layers=[layer], scale=part * scale) for part in PARTS
    }
    return {"unsteered": None, **steered}


@contextmanager
def sampling(model: SteerableModel, run: Run) -> Iterator[None]:
    """Let the model sample its answers where the run has a temperature; the package itself never samples."""
    import torch

    if not run.temperature:
        yield
        return
    module, plain = model.loaded.module, model.loaded.module.generate

    def generate(*args: Any, generation_config: Any, **options: Any) -> Any:
        generation_config.update(do_sample=True, temperature=run.temperature, top_k=0, top_p=1.0)
        return plain(*args, generation_config=generation_config, **options)

    torch.manual_seed(run.seed)
    with mock.patch.object(module, "generate", generate):
        yield


def compared(name: str, cell: str, pairs: Pairs) -> list[BaselinePairing]:
    """Hold the two runs of each pair against each other as the gate does."""
    return [_pairing(outcomes(name, first)[cell], outcomes(name, second)[cell]) for first, second in pairs]


def _pairing(first: Sequence[Outcome], second: Sequence[Outcome]) -> BaselinePairing:
    return beside_baseline(first, second, BY_ACCURACY)


def row(kind: str, name: str, cell: str, pairings: Sequence[BaselinePairing]) -> dict[str, Any]:
    """Return the counts of one cell: flips, and clusters as [samples, broken, fixed, how many]."""
    changes = [one.changes for one in pairings]
    clusters = Counter(cluster for one in changes for cluster in one.clusters)
    return {
        "kind": kind,
        "model": name,
        "cell": cell,
        "reruns": len(pairings),
        "samples": sum(one.n for one in changes),
        "broken": sum(one.broken for one in changes),
        "fixed": sum(one.fixed for one in changes),
        "near_ties": sum(at_near_tie(*flip) for one in pairings for flip in one.flips),
        "clusters": [[*cluster, count] for cluster, count in sorted(clusters.items())],
    }


def rows() -> Iterator[dict[str, Any]]:
    """Yield the counts of every model, kind and cell; the runs of one model are forgotten before the next."""
    for name in MODELS:
        for kind, pairs in KINDS.items():
            for cell in ("unsteered", *(f"scale × {part:g}" for part in PARTS)):
                yield row(kind, name, cell, compared(name, cell, pairs))
        outcomes.cache_clear()


def environment() -> dict[str, Any]:
    """Return what the counts depend on beside the spec, without anything that names a machine."""
    return {
        "machine": f"{platform.machine()}, {platform.system()}, CPU",
        "python": platform.python_version(),
        "versions": {package: version(package) for package in PACKAGES},
        "data": "twins, split test, form sentence",
        "new_tokens": NEW_TOKENS,
    }


def text() -> str:
    """Return the file: one row a line."""
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in rows())
    return f'{{"environment": {json.dumps(environment(), sort_keys=True)},\n"rows": [\n{lines}\n]}}\n'


def main() -> None:
    """Measure, and write or print the counts."""
    import sys

    import torch

    parser = argparse.ArgumentParser(prog="benchmarks.reruns", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE", help="Where the counts go; printed by default")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    if chosen.write is None:
        sys.stdout.write(text())
    else:
        chosen.write.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
