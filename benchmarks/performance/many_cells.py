"""Runs of many cells, made up: `python -m benchmarks.performance.many_cells FOLDER CELLS [SAMPLES]`."""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pytest_steering.comparison import Comparison, Facts
from pytest_steering.comparison.metrics import numbers
from pytest_steering.experiments.baseline_expectation import baseline_expected, held_by
from pytest_steering.records import Outcome, Record, to_line
from pytest_steering.run_folder.ledger import chained
from pytest_steering.run_folder.manifest import Manifest, PlannedTest, write_manifest
from pytest_steering.run_folder.record_entry import record_entry
from pytest_steering.run_folder.runs import Run, begun, manifest_entry
from pytest_steering.shard import Shard, share_of

ARMS = ("unsteered", "steered", "random:0", "negated")
SAMPLES = 20


def many_cells(cells: int, samples: int = SAMPLES, seed: int = 0) -> Iterator[Record]:
    """Yield the records of experiments with four arms each, and what each test holds against a baseline.

    Args:
        cells: Arms of all experiments together; a multiple of four.
        samples: Of each cell.
        seed: Of the answers; two runs of other seeds are of the same samples.
    """
    drawn = random.Random(seed)
    for number in range(cells // len(ARMS)):
        arms = {arm: _cell(f"test_{number:05}", arm, samples, drawn) for arm in ARMS}
        held = held_by(Comparison.of(arms.values()))
        yield from arms.values()
        yield baseline_expected(arms["steered"], arms["unsteered"], **held)


def write(path: Path, records: Iterator[Record]) -> None:
    """Write records at once, as a run of hours would have added them one by one, without a ledger.

    Args:
        path: Of the file.
        records: In their order.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{to_line(record)}\n" for record in records)


def write_shards(folder: Path, records: Iterator[Record], of: int) -> list[Path]:
    """Write the runs of shards at once, each with the ledger and manifest that its tests leave; return them.

    Args:
        folder: Takes a folder a shard.
        records: Of all shards, those of a test together.
        of: How many shards there are.
    """
    lines: list[list[str]] = [[] for _ in range(of)]
    entries: list[list[dict[str, object]]] = [[begun()] for _ in range(of)]
    tests: dict[str, PlannedTest] = {}
    for record in records:
        tests[record.node_id] = PlannedTest(record.experiment_id, record.model, "passed")
        place = (len(tests) - 1) % of
        lines[place].append(to_line(record))
        entries[place].append(record_entry(record, lines[place][-1]))
    return [
        _write_shard(folder / f"shard-{place + 1}", Shard(place + 1, of), tests, lines[place], entries[place])
        for place in range(of)
    ]


def _write_shard(
    folder: Path,
    shard: Shard,
    tests: dict[str, PlannedTest],
    lines: list[str],
    entries: list[dict[str, object]],
) -> Path:
    run, own = Run(folder), {str(one["test"]) for one in entries[1:]}
    selected = {name: test for name, test in tests.items() if name in own}
    manifest = Manifest("finished", ("",), selected, shard=share_of(shard, tests))
    chain = list(chained([*entries, manifest_entry(manifest)]))
    folder.mkdir(parents=True)
    run.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    run.ledger_path.write_text("".join(f"{line}\n" for line, _ in chain), encoding="utf-8")
    write_manifest(run.manifest_path, replace(manifest, ledger=chain[-1][1]))
    return folder


def _cell(name: str, arm: str, samples: int, drawn: random.Random) -> Record:
    outcomes = tuple(_outcome(number, drawn) for number in range(samples))
    return Record(
        spec={
            "purpose": "score",
            "model": {"name": "made-up", "family": "qwen2", "dtype": "float32"},
            "data": {"dataset": "twins", "split": "test", "sha256": "d" * 64, "samples": samples},
            "prompt": {"form": "sentence", "chat": False},
            "intervention": None if arm == "unsteered" else {"layers": [3], "scale": 1.0, "arm": arm},
            "engine": "hooks",
        },
        arm=arm,
        environment={"numerics": "cpu-float32", "weights": "w" * 64, "versions": {"torch": "2.13.0"}},
        outcomes=outcomes,
        metrics=numbers(Facts(outcomes)),
        latency={"all_arms_seconds": 1.0, "peak_memory_mib": 512.0},
        counts={"forwards": samples},
        provenance={"sha256": "v" * 64} if arm != "unsteered" else {},
        experiment=name,
        node_id=f"benchmarks/test_many.py::{name}[made-up]",
    )


def _outcome(number: int, drawn: random.Random) -> Outcome:
    expected = "no" if number % 2 else "yes"
    predicted = expected if drawn.random() < 0.8 else {"yes": "no", "no": "yes"}[expected]
    return Outcome(
        id=f"s{number:03}",
        expected=expected,
        predicted=predicted,
        prompt_sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        response=" Vulnerable. The input is used as it came."
        if predicted == "yes"
        else " Secure. It is checked.",
        correct=predicted == expected,
        rule="first word",
        margin=drawn.gauss(0.5 if expected == "yes" else -0.5, 1.0),
        choice_mass=0.9,
        first_token_kl=abs(drawn.gauss(0.0, 0.1)),
        tokens=12,
        tokens_sha256="t" * 64,
        pair_id=str(number // 2),
        group=f"CWE-{number % 4}",
        prompt_tokens=200,
        length=400 + number,
        ended=True,
    )


if __name__ == "__main__":
    folder, cells = Path(sys.argv[1]), int(sys.argv[2])
    write(folder / "records.jsonl", many_cells(cells, int(sys.argv[3]) if sys.argv[3:] else SAMPLES))
