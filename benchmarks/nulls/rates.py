"""Prints how often vectors that mean nothing are called an effect: `python -m benchmarks.nulls.rates`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.gate.error_rates import table
from benchmarks.gate.marked_tables import Marks, tables_command
from benchmarks.nulls.bogus_vectors import Bench
from benchmarks.nulls.called import Called, Court
from pytest_steering.experiments.controls import DIRECTIONS
from pytest_steering.statistics import NullRanks, wilson

MARKS = Marks("nulls", "python -m benchmarks.nulls.rates")
MODELS, VECTORS = ("starcoder", "starcoder2", "qwen2"), 300

NULL_ROWS = {
    "random": "isotropic",
    "random_matched": "as the states vary",
    "random_halves": "halves of the prompts",
    "shuffled": "shuffled labels, given as numbers",
}
HEADERS = (
    "model",
    "vectors",
    "n",
    "margin, isotropic alone",
    "margin, all nulls",
    "upper 95 %",
    "dose slope, all nulls",
    "accuracy rises",
    "… and no finding",
)

OWN = (
    "model",
    "block @ scale",
    "shift, nats",
    "isotropic",
    "as the states vary",
    "halves",
    "shuffled labels",
)

INTRODUCTION = f"""\
Each of {VECTORS} vectors of a kind is added at the block and scale that are best on dev for the model's own
careful − default vector, in its norm, and held against {DIRECTIONS} directions of each null at a level
of .05. *Margin, isotropic alone* is what was asked before the other nulls were there; *all nulls* is
`margin_shift`, and the check in every run; *dose slope* is `dose_response`. *Accuracy rises* is
`expect("accuracy").improves(by=0.1)` over 64 samples by the margin's sign; a conclusion is earned where it
passes *and no finding* says that directions which mean nothing do as much. *True* vectors are made of 32 of
the 64 pairs, drawn anew for each: there the shares are the power."""


def share(flags: Sequence[bool]) -> str:
    """Return a share in percent."""
    return f"{100 * sum(flags) / len(flags):.1f} %"


def row(model: str, vectors: str, called: Sequence[Called]) -> list[str]:
    """Return a line of the table.

    Args:
        model: Its name.
        vectors: What they are.
        called: What the tests said of each.
    """
    by_test = [[bool(one) for one in test] for test in zip(*called, strict=True)]
    shares = [share(test) for test in by_test]
    upper = wilson(sum(by_test[1]), len(called)).high
    return [model, vectors, str(len(called)), *shares[:2], f"{100 * upper:.1f} %", *shares[2:]]


def rows(model: str, vectors: int = VECTORS) -> Iterator[list[str]]:
    """Yield the lines of one model.

    Args:
        model: Its name.
        vectors: How many of each kind that means nothing.
    """
    bench = Bench.of(model)
    court = Court.of(bench, vectors + DIRECTIONS)
    for null, said in NULL_ROWS.items():
        yield row(model, said, court.judged(bench.drawn(null, vectors + DIRECTIONS)[:vectors], null))
    yield row(model, "shuffled labels, extracted", court.judged([*bench.relabelled(vectors)], own=True))
    yield row(model, "true", court.judged([*bench.true()], own=True))


def own_row(model: str) -> list[str]:
    """Return the margin shift of the model's own vector with its p under each null, as users see it."""
    bench = Bench.of(model)
    found = bench.experiment.margin_shift(bench.chosen)
    ranks: NullRanks = found.ranks
    where = f"{bench.chosen.at[0]} @ {bench.chosen.scale:g}"
    return [model, where, f"{found.shift:+.2f}", *(f"{ranks.ranks[null].p:.3f}" for null in NULL_ROWS)]


def sections() -> Iterable[str]:
    """Yield the parts of the page."""
    yield INTRODUCTION
    yield table(HEADERS, [line for model in MODELS for line in rows(model)])
    yield "The models' own vectors, all 64 pairs, 96 samples, 39 directions of each null; p under each:"
    yield table(OWN, [own_row(model) for model in MODELS])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    tables_command(MARKS, sections, "Print how often bogus vectors are called an effect.", arguments)


if __name__ == "__main__":
    main()
