"""The prompts of a text task's file, checked, and what was understood of them in sentences."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_steering.counted import counted
from pytest_steering.tasks.labelled_rows import read_labelled
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.sample_checks import check_unique, limits, listed

SPLITS = ("train", "dev", "test")


def prompts(path: Path, trained: bool = True) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """Return the prompts of a file as samples, and what was understood of it; a warning names what limits it.

    Args:
        path: JSON lines with `prompt` or `messages`.
        trained: Whether contrast pairs are made of training prompts.

    Raises:
        DataError: The file is not what is expected.
    """
    return checked(path, *read_labelled(path, path.stem, {}, text="prompt"), trained=trained)


def checked(
    path: Path, samples: Sequence[Sample], made: bool, trained: bool = True
) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """Return prompts with what was understood of them; a warning names what limits them.

    Args:
        path: Where they come from.
        samples: All of them.
        made: Whether the splits were made here.
        trained: Whether contrast pairs are made of training prompts.

    Raises:
        DataError: There is none, or an id stands twice.
    """
    check_unique(path, samples)
    for limit in limits(samples, SPLITS if trained else SPLITS[1:]):
        warnings.warn(f"{path}: {limit}", stacklevel=4)
    return tuple(samples), tuple(understood(samples, made))


def understood(samples: Sequence[Sample], made: bool) -> Iterator[str]:
    """Yield what was understood of the data, a sentence each.

    Args:
        samples: All of it.
        made: Whether the splits were made here.
    """
    groups = Counter(sample.group for sample in samples if sample.group)
    named = listed([f"{name} ({count})" for name, count in groups.items()]) or "none"
    chats = sum(1 for sample in samples if sample.messages)
    messages = f", {chats} of them messages" if chats else ""
    yield f"{counted(len(samples), 'prompt')}{messages}; groups: {named}"
    sizes = ", ".join(f"{name} {count}" for name, count in Counter(one.split for one in samples).items())
    how = "made of the prompts' hashes, what belongs together kept together" if made else "as the file says"
    yield f"splits {how}: {sizes}"
