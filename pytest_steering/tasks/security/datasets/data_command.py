"""`pytest-steering data`: what each data set holds, its licence, and what is known to be wrong with it."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.option_table import OPTIONS
from pytest_steering.printable import printable
from pytest_steering.tasks.sample import LABEL_DOUBTFUL, Sample
from pytest_steering.tasks.security.datasets.loaders import DATASETS, load_dataset

_DATA = next(option for option in OPTIONS if option.name == "data")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pytest-steering data`."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="Data sets to show (default: all that can be read)"
    )
    add_data_argument(parser)


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Declare `--steering-data NAME=PATH`."""
    parser.add_argument(_DATA.flag, action="append", default=[], metavar=_DATA.metavar, help=_DATA.help)


def given_paths(values: Sequence[str], environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Return the paths given on the command line, else those in the environment variable.

    Raises:
        DataError: A value is not NAME=PATH.
    """
    texts = list(values) or environment.get(_DATA.env, "").split(_DATA.separator)
    try:
        paths: dict[str, Path] = _DATA.convert(texts, Path.cwd())
    except ValueError as error:
        raise DataError(f"{_DATA.flag} {', '.join(texts)}: {error}") from error
    return paths


def run(arguments: argparse.Namespace) -> int:
    """Print the data sets, those that cannot be read last.

    Returns:
        0, or 2 when one that was named or given a path cannot be read.
    """
    paths = given_paths(arguments.steering_data)
    names = arguments.names or sorted({*DATASETS, *paths} - ({"jsonl"} - set(paths)))
    unread: dict[str, DataError] = {}
    for name in names:
        try:
            samples = load_dataset(name, paths=paths)
        except DataError as error:
            unread[name] = error
        else:
            sys.stdout.write("\n".join((*describe(name, samples), "", "")))
    for name, reason in unread.items():
        sys.stdout.write(f"{printable(name)}: {printable(str(reason), 1000)}\n\n")
    return 2 if unread.keys() & {*arguments.names, *paths} else 0


def describe(name: str, samples: Sequence[Sample]) -> Iterator[str]:
    """Yield the lines that say what a data set holds.

    Args:
        name: The data set's name.
        samples: All of it.
    """
    weaknesses = len({sample.asked_cwe for sample in samples})
    yield f"{printable(name)}: {len(samples)} samples of {weaknesses} weaknesses"
    yield from _table(samples).splitlines()
    yield f"licence: {_listed(sample.license or 'not stated' for sample in samples)}"
    yield f"version: {_listed(sample.dataset_commit or 'not stated' for sample in samples)}"
    yield from _faults(samples)


def _table(samples: Sequence[Sample]) -> str:
    from tabulate import tabulate

    parts: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        parts.setdefault((sample.subset or "", sample.split), []).append(sample)
    body = [
        [printable(subset), printable(split), *_counts(found)] for (subset, split), found in parts.items()
    ]
    headers = ["subset", "split", "samples", "vulnerable", "patched", "pairs", "languages"]
    return tabulate(body, headers=headers, disable_numparse=True)


def _counts(samples: Sequence[Sample]) -> list[str]:
    vulnerable = sum(sample.label for sample in samples)
    pairs = len({sample.pair_id for sample in samples if sample.pair_id})
    languages = _listed(sample.language for sample in samples)
    return [*map(str, (len(samples), vulnerable, len(samples) - vulnerable, pairs)), languages]


def _faults(samples: Sequence[Sample]) -> Iterator[str]:
    noted = [sample for sample in samples if sample.label_notes]
    doubtful = sum(sample.label_status == LABEL_DOUBTFUL for sample in samples)
    yield f"known faults: {len(noted)} samples, {doubtful} of them with a doubtful label"
    by_note: dict[str, list[str]] = {}
    for sample in noted:
        by_note.setdefault(sample.label_notes or "", []).append(printable(sample.id))
    for note, names in by_note.items():
        yield f"  {printable(note)}: {', '.join(names)}"


def _listed(values: Iterator[str]) -> str:
    return ", ".join(f"{printable(value)}" for value in sorted(Counter(values)))
