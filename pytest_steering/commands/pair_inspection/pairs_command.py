"""`pytest-steering pairs`: what a file of contrast pairs would teach a direction beside the behaviour."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.commands.extraction_arguments import AT_HELP, USUAL_PLACE
from pytest_steering.commands.model_arguments import (
    MODEL_HELP,
    add_placement,
    layer,
    layers_of,
    loaded,
    quietly,
)
from pytest_steering.commands.pair_inspection.described_pairs import (
    add_description,
    described,
    require_description,
)
from pytest_steering.counted import counted
from pytest_steering.errors import DataError
from pytest_steering.printable import printable, say

if TYPE_CHECKING:
    from pytest_steering.extraction.pair_checks import PairProblem
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.reliability import Reliability
    from pytest_steering.tasks.pair_writing import WrittenPairs

EXAMPLE = "pytest-steering pairs pairs.jsonl --model smollm2"

ALL = ["all"]

OF_A_MODEL: Mapping[str, Any] = {
    "layer": ALL,
    "at": USUAL_PLACE,
    "device": "auto",
    "dtype": "auto",
}
"""Options that say how states are read, with what they are where nobody gives them."""

_NUMBERS = ("agreement", "split_half", "d_prime", "auroc")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="JSON lines with 'positive' and 'negative', as they are read"
    )
    add_description(parser)
    parser.add_argument("--model", help=f"Says how far the pairs agree in its states. {MODEL_HELP}")
    parser.add_argument(
        "--layer",
        type=layer,
        nargs="+",
        default=ALL,
        help="Block numbers, 'last3' or 'all' (default: all)",
    )
    parser.add_argument("--at", default=USUAL_PLACE, help=AT_HELP)
    parser.add_argument("--json", action="store_true", help="One JSON object, for scripts")
    add_placement(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; 1 where something is wrong with the texts."""
    from pytest_steering.extraction.pair_checks import check_pairs
    from pytest_steering.tasks.pair_rows import read_pairs

    _require_model(arguments)
    require_description(arguments)
    model = _model(arguments) if arguments.describe else None
    written = described(arguments, model) if model else None
    pairs = read_pairs(arguments.file)
    problems = check_pairs(pairs)
    told = _reliability(model or _model(arguments), arguments, pairs) if arguments.model else {}
    if arguments.json:
        say([_as_json(pairs, problems, told, written)])
    else:
        say([*(written.told() if written else ()), *_lines(arguments, pairs, problems, told)])
    return 1 if problems else 0


def _require_model(arguments: argparse.Namespace) -> None:
    """Refuse what is asked of a model's states where no model is named.

    Raises:
        DataError: The sentence names the options.
    """
    given = vars(arguments)
    asked = [name for name, usual in OF_A_MODEL.items() if given.get(name, usual) != usual]
    if asked and not arguments.model:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in asked)
        raise DataError(f"{flags} without --model: texts alone have no states to read; name a model")


def _model(arguments: argparse.Namespace) -> SteerableModel:
    quietly()
    return loaded(arguments)


def _reliability(
    model: SteerableModel, arguments: argparse.Namespace, pairs: Sequence[ContrastPair]
) -> Mapping[int, Reliability]:
    from pytest_steering.extraction.directions import extract

    return extract(model, pairs, layers=layers_of(arguments.layer), at=arguments.at).reliability


def _as_json(
    pairs: Sequence[ContrastPair],
    problems: Sequence[PairProblem],
    told: Mapping[int, Reliability],
    written: WrittenPairs | None,
) -> str:
    asked = {"asked": written.asked, "dropped": dict(written.dropped)} if written else {}
    found: dict[str, Any] = {
        **asked,
        "pairs": len(pairs),
        "problems": [vars(one) for one in problems],
        "reliability": {str(layer): one.as_dict() for layer, one in told.items()},
    }
    return json.dumps(found, ensure_ascii=True)


def _lines(
    arguments: argparse.Namespace,
    pairs: Sequence[ContrastPair],
    problems: Sequence[PairProblem],
    told: Mapping[int, Reliability],
) -> Iterator[str]:
    nothing = "nothing that tells the sides apart but what they say"
    count = counted(len(problems), "problem") if problems else nothing
    yield f"{printable(str(arguments.file), 120)}: {counted(len(pairs), 'pair')}, {count}"
    for one in problems:
        yield f"  {one.name:<17}{printable(one.says, 400)}"
        yield f"  {'':<17}→ {one.advice}"
    if told:
        yield from _table(told)
    else:
        yield "  --model MODEL says how far the pairs agree in a model's states"


def _table(told: Mapping[int, Reliability]) -> Iterator[str]:
    yield f"  {'block':>5} " + " ".join(f"{name:>10}" for name in _NUMBERS)
    for block, one in told.items():
        shown = (getattr(one, name) for name in _NUMBERS)
        row = " ".join(f"{'–' if number is None else f'{number:.2f}':>10}" for number in shown)
        yield f"  {block:>5} {row}" + ("  other pairs may give another direction" if one.doubtful else "")
