"""The data sets by name, and the one call that loads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.tasks.data_files import require_path
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.sample_checks import check_unique
from pytest_steering.tasks.security.code_sample import (
    LABEL_DOUBTFUL,
    REASON_DOUBTFUL,
    with_clusters,
    with_metadata,
)
from pytest_steering.tasks.security.datasets.castle import load_castle
from pytest_steering.tasks.security.datasets.hub_dataset import load_hub
from pytest_steering.tasks.security.datasets.jsonl import load_jsonl
from pytest_steering.tasks.security.datasets.secllmholmes import load_secllmholmes
from pytest_steering.tasks.security.datasets.sven import load_sven
from pytest_steering.tasks.security.datasets.twins import load_twins
from pytest_steering.tasks.task import of_split

Loader = Callable[[Path | None], Sequence[Sample]]

NO_PATHS: Mapping[str, Path] = MappingProxyType({})


def _from_path(name: str, load: Callable[[Path], list[Sample]]) -> Loader:
    def loader(path: Path | None) -> list[Sample]:
        if path is None:
            raise DataError(
                f"the data set {name!r} lies outside the package; say where with --steering-data {name}=PATH"
            )
        return load(path)

    return loader


DATASETS: dict[str, Loader] = {
    "twins": load_twins,
    "jsonl": _from_path("jsonl", load_jsonl),
    "secllmholmes": _from_path("secllmholmes", load_secllmholmes),
    "castle": _from_path("castle", load_castle),
    "sven": _from_path("sven", load_sven),
}


def register_dataset(name: str, loader: Loader) -> None:
    """Make a data set known by name.

    Args:
        name: As a test names it: `steering(dataset=NAME)`.
        loader: Gets the path given for that name, or None, and returns the samples.

    Raises:
        DataError: Another data set has that name already.
    """
    if DATASETS.get(name, loader) is not loader:
        raise DataError(
            f"a data set named {name!r} is registered already; register this one under another name"
        )
    DATASETS[name] = loader


def load_dataset(
    name: str,
    *,
    paths: Mapping[str, Path] = NO_PATHS,
    split: str | None = None,
    drop_faulty: bool = False,
) -> list[Sample]:
    """Return a data set's samples.

    Args:
        name: A registered name; or `hub:owner/name`, through the `datasets` library; or any other name that
            `paths` gives a JSON lines file for.
        paths: Where the data sets lie that are not in the package.
        split: Return this split alone; None for all.
        drop_faulty: Leave out samples whose label is known to be doubtful, and reasons known to be wrong.

    Raises:
        DataError: No data set has that name, its path is missing, it is not what is published under that
            name, or it has no such split.
    """
    loader = _loader(name, paths)
    if name in paths:
        require_path(name, paths[name])
    samples = with_clusters(loader(paths.get(name)))
    check_unique(name, samples)
    if split is not None:
        samples = of_split(name, samples, split)
    return without_faults(samples) if drop_faulty else samples


def has_dataset(name: str, paths: Mapping[str, Path] = NO_PATHS) -> bool:
    """Return whether a data set of labelled code goes by a name.

    Args:
        name: Of a registered one, `hub:owner/name`, or of a JSON lines file.
        paths: Where data sets lie that are not in the package.
    """
    return name in DATASETS or name in paths or name.startswith("hub:")


def without_faults(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples without doubtful labels, and without reasons that are known to be wrong."""
    return [
        with_metadata(sample, reason=None) if _status(sample) == REASON_DOUBTFUL else sample
        for sample in samples
        if _status(sample) != LABEL_DOUBTFUL
    ]


def _status(sample: Sample) -> str | None:
    status: str | None = sample.metadata.get("label_status")
    return status


def _loader(name: str, paths: Mapping[str, Path]) -> Loader:
    if name in DATASETS:
        return DATASETS[name]
    if name.startswith("hub:"):
        return lambda _: load_hub(name.removeprefix("hub:"))
    if name in paths:
        return lambda _: load_jsonl(paths[name], name)
    raise DataError(
        f"no data set is named {name!r}; {did_you_mean(name, DATASETS)}known are "
        f"{', '.join(sorted(DATASETS))} and hub:OWNER/NAME, or name a JSON lines file of your own with "
        f"--steering-data {name}=FILE"
    )
