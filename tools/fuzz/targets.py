"""What is damaged: a run's files, baselines, a vector's header, a model's files; and what has to notice."""

from __future__ import annotations

import contextlib
import io
import random
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.performance.many_cells import many_cells
from pytest_steering.cli import main
from pytest_steering.errors import SteeringError
from pytest_steering.models.loading.planning import plan
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.run_folder.manifest import Manifest, PlannedTest
from pytest_steering.run_folder.runs import Run
from pytest_steering.steering.vector import SteeringVector
from tools.fuzz.mutation import damaged, mutated

SAMPLES, HIDDEN = 12, 8

GATE = ("gate", "{0}/runs/now", "--steering-baselines", "{0}/accepted")
ACCEPT = ("accept", *GATE[1:])


@dataclass(frozen=True)
class Target:
    """One kind of input.

    Attributes:
        make: Writes whole input into a folder.
        damage: Changes one field of it, and says which.
        use: Does with it what a user would; returns what the user is told.
        strict: Whether every change has to be told: what is used must differ from what whole input gives.
    """

    make: Callable[[Path], None]
    damage: Callable[[Path, random.Random], str]
    use: Callable[[Path, random.Random], str]
    strict: bool = True


def _write_run(folder: Path) -> None:
    """Write a run, another to compare it with, and its baselines."""
    test = "benchmarks/test_many.py::test_00000"
    planned = {f"{test}[made-up]": PlannedTest(test, "made-up", "passed")}
    for name in ("before", "now"):
        run = Run(folder / "runs" / name)
        for record in many_cells(4, SAMPLES):
            run.append(record)
        run.keep(Manifest("finished", ("benchmarks",), planned, collected=("benchmarks/test_many.py",)))
    said = _command([word.format(folder) for word in ACCEPT])
    assert "test_00000" in said, said


def _damage_lines(path: Path, drawn: random.Random) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    number = drawn.randrange(len(lines))
    lines[number], said = mutated(lines[number], drawn)
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", errors="surrogatepass")
    return f"{path.name}, line {number + 1}: {said}"


def _damage_object(path: Path, drawn: random.Random) -> str:
    if drawn.random() < 0.1:
        content, said = damaged(path.read_bytes(), drawn)
        path.write_bytes(content)
        return f"{path.name}: {said}"
    text, said = mutated(path.read_text(encoding="utf-8"), drawn)
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return f"{path.name}: {said}"


def _damage_run(folder: Path, drawn: random.Random) -> str:
    name = drawn.choice(("records.jsonl", "records.jsonl", "ledger.jsonl", "run.json"))
    damage = _damage_object if name == "run.json" else _damage_lines
    return damage(folder / "runs" / "now" / name, drawn)


def _damage_baseline(folder: Path, drawn: random.Random) -> str:
    return _damage_object(drawn.choice(sorted(folder.glob("accepted/*/*.json"))), drawn)


COMMANDS = (
    GATE,
    ("compare", "{0}/runs/before", "{0}/runs/now"),
    ("report", "{0}/runs/now"),
    ACCEPT,
)


def _use_run(folder: Path, drawn: random.Random) -> str:
    return _command([word.format(folder) for word in drawn.choice(COMMANDS)])


def _use_baselines(folder: Path, drawn: random.Random) -> str:
    return _command([word.format(folder) for word in drawn.choice((GATE, ACCEPT))])


def _command(words: list[str]) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(words)
    assert all(line.isprintable() for line in said.getvalue().split("\n")), "a terminal would obey the output"
    return f"{said.getvalue()}exit status {status}"


def _write_vector(folder: Path) -> None:
    directions = {layer: torch.arange(1.0, HIDDEN + 1) * layer for layer in (1, 3)}
    said = {"model": "made-up", "weights": "w" * 64, "position": "last_prompt"}
    SteeringVector(directions, "mean_difference", said).save(folder / "vector.safetensors")


def _damage_vector(folder: Path, drawn: random.Random) -> str:
    path = folder / "vector.safetensors"
    content = path.read_bytes()
    if drawn.random() < 0.2:
        content, said = damaged(content, drawn)
    else:
        (length,) = struct.unpack("<Q", content[:8])
        header, said = mutated(content[8 : 8 + length].decode(), drawn)
        written = header.encode("utf-8", "surrogatepass")
        content = struct.pack("<Q", len(written)) + written + content[8 + length :]
    path.write_bytes(content)
    return said


def _use_vector(folder: Path, _drawn: random.Random) -> str:
    try:
        return f"loaded {SteeringVector.load(folder / 'vector.safetensors')!r}"
    except SteeringError as error:
        return str(error)


def _write_model(folder: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "fixtures" / "models" / "starcoder2", folder / "model")


def _damage_model(folder: Path, drawn: random.Random) -> str:
    names = ("config.json", "config.json", "config.json", "generation_config.json", "tokenizer_config.json")
    there = [folder / "model" / name for name in names if (folder / "model" / name).exists()]
    return _damage_object(drawn.choice(there), drawn)


def _use_model(folder: Path, _drawn: random.Random) -> str:
    try:
        plan(str(folder / "model"), "cpu")
        return f"loaded {SteerableModel.load(str(folder / 'model'), device='cpu')!r}"
    except SteeringError as error:
        return str(error)


TARGETS = {
    "records": Target(_write_run, _damage_run, _use_run),
    "baselines": Target(_write_run, _damage_baseline, _use_baselines),
    "vectors": Target(_write_vector, _damage_vector, _use_vector),
    # Another config is another model: that it can be run and steered as asked is what its proof says.
    "configs": Target(_write_model, _damage_model, _use_model, strict=False),
}
