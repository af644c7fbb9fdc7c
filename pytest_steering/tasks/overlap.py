"""Is anything that is scored already in what the vector was built from?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_steering.errors import DataError
from pytest_steering.tasks.sample import Sample, code_hash

_COMMENTS = {
    "python": re.compile(r"#[^\n]*"),
    "c": re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL),
}


def normalised(code: str) -> str:
    """Return code without white space."""
    return "".join(code.split())


def overlap(train: Sequence[Sample], scored: Sequence[Sample]) -> list[str]:
    """Name the scored samples that a vector was built from; empty when both sets may be used together.

    A sample counts as built from when its id, its pair, the scenario it is an augmentation of, or its code
    (comments and white space aside) is also that of a training sample.

    Args:
        train: What a vector was built from.
        scored: What it is to be scored on.

    Returns:
        One sentence for each such sample, in the order of `scored`.
    """
    return [f"{sample.id} ({why})" for sample, why in _shared(train, scored)]


def without_overlap(train: Sequence[Sample], scored: Sequence[Sample]) -> list[Sample]:
    """Return the scored samples that share nothing with the training samples, nor does their twin."""
    shared = {sample.id for sample, _ in _shared(train, scored)}
    pairs = {sample.pair_id for sample in scored if sample.id in shared and sample.pair_id}
    return [sample for sample in scored if sample.id not in shared and sample.pair_id not in pairs]


def refuse_overlap(train: Sequence[Sample], scored: Sequence[Sample]) -> None:
    """Refuse to score samples that a vector was built from.

    Raises:
        DataError: Something is shared; the first few are named.
    """
    shared = overlap(train, scored)
    if shared:
        more = f" and {len(shared) - 3} more" if len(shared) > 3 else ""
        raise DataError(
            f"{len(shared)} of {len(scored)} scored samples are among those the vector was built from: "
            f"{', '.join(shared[:3])}{more}; score another split or data set, or leave these out"
        )


def _shared(train: Sequence[Sample], scored: Sequence[Sample]) -> Iterator[tuple[Sample, str]]:
    """Yield each scored sample that is also a training sample, with what they share."""
    known = {key: sample.id for sample in reversed(train) for key in _keys(sample)}
    for sample in scored:
        found = next((key for key in _keys(sample) if key in known), None)
        if found is not None:
            yield sample, f"same {found[0]} as {known[found]}"


def _keys(sample: Sample) -> Iterator[tuple[str, str]]:
    yield "id", f"{sample.dataset}:{sample.id}"
    if sample.pair_id is not None:
        yield "pair", f"{sample.dataset}:{sample.pair_id}"
    yield "scenario", f"{sample.dataset}:{_scenario(sample)}"
    comments = _COMMENTS["python" if sample.language == "python" else "c"]
    yield "code", code_hash(normalised(comments.sub("", sample.code)))


def _scenario(sample: Sample) -> str:
    """`base_id` names a scenario only for an augmentation; generated data puts a template's name there."""
    return sample.base_id if sample.augmentation and sample.base_id else sample.id
