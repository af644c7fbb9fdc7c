"""Compare the extraction methods on some models, and write the tables into a document.

python -m benchmarks.methods --models starcoder starcoder2 qwen2 --write docs/methods.md
python -m benchmarks.methods --models smollm2
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.gate.marked_tables import Marks, write
from benchmarks.methods.measured import MOST_KL, Effect, Measured, measured
from benchmarks.methods.subject import subject_of

EMBEDDED = ("starcoder", "starcoder2", "qwen2")
MODELS = (*EMBEDDED, "smollm2")
PAIRS, SAMPLES = 64, 32
COMMAND = "python -m benchmarks.methods"
EQUAL = {"norm": "Equal norm", "kl": "Equal KL on neutral text"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print each model's tables, or write them into a document as they are done."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument(
        "--models", nargs="+", default=EMBEDDED, choices=MODELS, help="Which (default: embedded)"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="Put the tables between the marks of FILE")
    parser.add_argument(
        "--samples", type=int, default=SAMPLES, help="Of a split, at most (default: %(default)s)"
    )
    chosen = parser.parse_args(arguments)
    for name in chosen.models:
        text = "\n".join(tables(name, chosen.samples))
        if chosen.write is None:
            sys.stdout.write(text + "\n\n")
        else:
            write(chosen.write, text, Marks(f"methods of {name}", COMMAND))


def tables(name: str, samples: int) -> Iterator[str]:
    """Yield the lines of a model's section."""
    subject = subject_of(name, PAIRS, samples)
    rows, without = measured(subject)
    doses = {effect.dose for row in rows if (effect := row.at["norm"])}
    yield (
        f"{name}: {subject.asks}. {len(subject.pairs)} pairs, {len(subject.dev)} samples of dev, "
        f"{len(subject.test)} of test. On dev {', '.join(f'{dose:g}' for dose in sorted(doses))} of the "
        f"states' length was chosen, of doses that keep the KL below {MOST_KL:g} nat."
    )
    for kind, title in EQUAL.items():
        yield from ("", f"*{title}*", "", _HEAD, "|---|" + "---|" * (_HEAD.count("|") - 2))
        ordered = sorted(rows, key=lambda row: -_shift(row, kind))
        yield from (_line(row, kind) for row in ordered)
        yield from ("", ranking(ordered, kind))
    yield from ("", "*Extraction*, at all blocks that were tried (learned methods: at one)", "")
    yield from ("| method | processor seconds | MiB |", "|---|---|---|")
    yield from (f"| `{row.method}` | {row.seconds:.2f} | {row.mib:.0f} |" for row in rows)
    yield from (f"\n`{method}` has no row: {why}." for method, why in without.items())


_HEAD = (
    "| method | block | change of the margin, nats [95 %] | slope | anti-steerable | dose | KL | perplexity |"
)


def _shift(row: Measured, kind: str) -> float:
    effect = row.at[kind]
    return effect.shift[0] if effect else float("-inf")


def _line(row: Measured, kind: str) -> str:
    effect = row.at[kind]
    if effect is None:
        return f"| `{row.method}` | {row.block} | that KL is not reached | | | | | |"
    return f"| `{row.method}` | {row.block} | {_numbers(effect)} |"


def _numbers(effect: Effect) -> str:
    mean, low, high = effect.shift
    beside = effect.beside.metrics()
    cells = (
        f"{mean:+.2f} [{low:+.2f}, {high:+.2f}]",
        f"{effect.slope:+.2f}",
        f"{effect.anti_steerable:.0%}",
        f"{effect.dose:.2f}",
        f"{effect.beside.kl_95:.2f}",
        f"{beside['neutral_perplexity_ratio']:.2f}",
    )
    return " | ".join(cells)


def ranking(ordered: Sequence[Measured], kind: str) -> str:
    """Return who is ahead of whom: only where the two intervals have nothing in common."""
    there = [(row.method, effect.shift) for row in ordered if (effect := row.at[kind])]
    names, said = [method for method, _ in there], []
    for method, (_, low, _) in there:
        behind = [other for other, (_, _, high) in there if high < low]
        if behind:
            said.append(f"`{method}` is ahead of {_listed(behind, names)}")
    return ("; ".join(said) or "No two intervals are apart: no method is ahead") + "."


def _listed(behind: Sequence[str], names: Sequence[str]) -> str:
    if len(behind) > 2 and list(behind) == list(names[-len(behind) :]):
        return f"`{behind[0]}` and all below"
    return ", ".join(f"`{one}`" for one in behind)


if __name__ == "__main__":
    main()
