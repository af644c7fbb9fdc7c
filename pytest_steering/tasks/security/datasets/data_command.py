"""`pytest-steering data`: what each data set holds, its licence, and what is known to be wrong with it."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence

from pytest_steering.errors import DataError
from pytest_steering.printable import printable, say
from pytest_steering.tasks.data_option import add_data_argument, given_paths
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.code_sample import LABEL_DOUBTFUL
from pytest_steering.tasks.security.datasets.loaders import DATASETS, load_dataset


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pytest-steering data`."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="Data sets to show (default: all that can be read)"
    )
    add_data_argument(parser)


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
            say((*describe(name, samples), ""))
    for name, reason in unread.items():
        say((f"{printable(name)}: {printable(str(reason), 1000)}", ""))
    return 2 if unread.keys() & {*arguments.names, *paths} else 0


def describe(name: str, samples: Sequence[Sample]) -> Iterator[str]:
    """Yield the lines that say what a data set holds.

    Args:
        name: The data set's name.
        samples: All of it.
    """
    weaknesses = len({sample.group for sample in samples})
    yield f"{printable(name)}: {len(samples)} samples of {weaknesses} weaknesses"
    yield from _table(samples).splitlines()
    yield f"licence: {_listed(_known(sample, 'license') for sample in samples)}"
    yield f"version: {_listed(_known(sample, 'dataset_commit') for sample in samples)}"
    yield from _faults(samples)


def _table(samples: Sequence[Sample]) -> str:
    from tabulate import tabulate

    parts: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        parts.setdefault((sample.metadata.get("subset", ""), sample.split), []).append(sample)
    body = [
        [printable(subset), printable(split), *_counts(found)] for (subset, split), found in parts.items()
    ]
    headers = ["subset", "split", "samples", "vulnerable", "patched", "pairs", "languages"]
    return tabulate(body, headers=headers, disable_numparse=True)


def _counts(samples: Sequence[Sample]) -> list[str]:
    vulnerable = sum(sample.label or 0 for sample in samples)
    pairs = len({sample.pair_id for sample in samples if sample.pair_id})
    languages = _listed(_known(sample, "language") for sample in samples)
    return [*map(str, (len(samples), vulnerable, len(samples) - vulnerable, pairs)), languages]


def _faults(samples: Sequence[Sample]) -> Iterator[str]:
    noted = [sample for sample in samples if sample.metadata.get("label_notes")]
    doubtful = sum(sample.metadata.get("label_status") == LABEL_DOUBTFUL for sample in samples)
    yield f"known faults: {len(noted)} samples, {doubtful} of them with a doubtful label"
    by_note: dict[str, list[str]] = {}
    for sample in noted:
        by_note.setdefault(sample.metadata["label_notes"], []).append(printable(sample.id))
    for note, names in by_note.items():
        yield f"  {printable(note)}: {', '.join(names)}"


def _known(sample: Sample, name: str) -> str:
    return str(sample.metadata.get(name) or "not stated")


def _listed(values: Iterator[str]) -> str:
    return ", ".join(f"{printable(value)}" for value in sorted(Counter(values)))
