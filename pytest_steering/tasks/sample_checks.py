"""Is labelled data fit to ask about? What is wrong is refused, what limits it is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pytest_steering.counted import have
from pytest_steering.errors import DataError
from pytest_steering.tasks.sample import Sample

SHOWN = 3


def check_unique(where: object, samples: Sequence[Sample]) -> None:
    """Refuse duplicate ids and an empty data set.

    Raises:
        DataError: There is no sample, or an id stands twice; the first few are named.
    """
    if not samples:
        raise DataError(f"{where} holds no samples; expected at least one")
    twice = [name for name, count in Counter(sample.id for sample in samples).items() if count > 1]
    if twice:
        raise DataError(
            f"{where}: {have(len(twice), 'id', 'stands', 'stand')} more than once ({listed(twice)}); give "
            "each sample its own id"
        )


def check_labels(where: object, samples: Sequence[Sample]) -> None:
    """Refuse one text with two labels, and a pair that is not one present and one absent sample.

    Raises:
        DataError: There is such a text or pair; the first few are named.
    """
    both = [ids for ids, labels in _by_text(samples) if len(labels) > 1]
    if both:
        raise DataError(f"{where}: one text is labelled both ways ({listed(both[0])}); mend 'label'")
    check_pairs(where, samples)


def check_pairs(
    where: object, samples: Sequence[Sample], roles: tuple[str, str] = ("present", "absent")
) -> None:
    """Refuse a pair id that is not shared by exactly two samples, one of each label.

    Args:
        where: Names the data in an error.
        samples: All of it.
        roles: What the two labels are called there, 1 first.

    Raises:
        DataError: A pair lacks a twin or has too many.
    """
    pairs: dict[str, list[int | None]] = {}
    for sample in samples:
        if sample.pair_id is not None:
            pairs.setdefault(sample.pair_id, []).append(sample.label)
    wrong = [pair for pair, labels in pairs.items() if labels not in ([0, 1], [1, 0])]
    if wrong:
        present, absent = roles
        raise DataError(
            f"{where}: {len(wrong)} pair ids are not shared by one {present} and one {absent} sample "
            f"({listed(wrong)}); mend 'pair_id' or 'label'"
        )


def limits(samples: Sequence[Sample], splits: Sequence[str] = ("train", "dev", "test")) -> Iterator[str]:
    """Yield a sentence for each thing that limits what can be said of the samples.

    Args:
        samples: All of the data.
        splits: Those that are needed.
    """
    copies = [ids for ids, _ in _by_text(samples) if len(ids) > 1]
    if copies:
        yield f"{have(len(copies), 'text', 'stands', 'stand')} more than once, such as {listed(copies[0])}"
    for split in dict.fromkeys(sample.split for sample in samples):
        labels = Counter(sample.label for sample in samples if sample.split == split)
        known = [label for label in labels if label is not None]
        if len(known) == 1:
            what, count = "present" if known[0] else "absent", labels[known[0]]
            yield f"all {count} labelled samples of split {split!r} are {what}, so one answer is always right"
    absent = [name for name in splits if name not in {sample.split for sample in samples}]
    if absent:
        yield f"there is no split {', '.join(map(repr, absent))}"


def listed(names: Sequence[str]) -> str:
    """Return the first few names."""
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def _by_text(samples: Sequence[Sample]) -> list[tuple[list[str], set[int]]]:
    """Return for each text the ids that have it, and the labels it has."""
    found: dict[str, tuple[list[str], set[int]]] = {}
    for sample in samples:
        ids, labels = found.setdefault(sample.sha256, ([], set()))
        ids.append(sample.id)
        labels |= {sample.label} - {None}  # type: ignore[arg-type]
    return list(found.values())
