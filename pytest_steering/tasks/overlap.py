"""Is anything that is scored already in what the vector was built from?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_steering.errors import DataError
from pytest_steering.tasks.sample import Sample
from pytest_steering.texts.text_hash import text_hash
from pytest_steering.texts.text_print import TextPrint, Wanted, near_copies, own_runs, text_print, wanted

_HASH, _SLASHES = re.compile(r"#[^\n]*"), re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_LIKE_C = ("c", "cpp", "csharp", "go", "java", "javascript", "php", "rust", "typescript")
COMMENTS = {"python": _HASH, "ruby": _HASH, **dict.fromkeys(_LIKE_C, _SLASHES)}
"""What says nothing in a text that is code, by the `language` of its sample."""


def normalised(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


def overlap(train: Sequence[Sample], scored: Sequence[Sample]) -> list[str]:
    """Name the scored samples that a vector was built from; empty when both sets may be used together.

    A sample counts as built from when its id, its pair, the sample that it is a variation of, or its text
    (white space and comments in code aside) is also that of a training sample.

    Args:
        train: What a vector was built from.
        scored: What it is to be scored on.

    Returns:
        One sentence for each such sample, in the order of `scored`.
    """
    return [f"{sample.id} ({why})" for sample, why in _shared(train, scored)]


def without_overlap(train: Sequence[Sample], scored: Sequence[Sample]) -> list[Sample]:
    """Return the scored samples that share nothing with the training samples, nor does their twin.

    Nor does a text of the training samples, or a near copy of it, stand in theirs.
    """
    shared = {sample.id for sample, _ in _shared(train, scored)}
    shared |= {scored[there].id for _, there in near_copies(looked_for(train), prints_of(scored))}
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


def looked_for(samples: Sequence[Sample]) -> list[Wanted]:
    """Return samples as they are looked for in other texts: without what most of them have in common."""
    asked = [wanted(one.text, str(one.metadata.get("language") or "")) for one in samples]
    return own_runs(asked, [one.resampled_with for one in samples])


def prints_of(samples: Sequence[Sample]) -> list[TextPrint]:
    """Return what is kept of samples' texts."""
    return [text_print(one.text) for one in samples]


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
    yield "original", f"{sample.dataset}:{sample.base_id or sample.id}"
    comments = COMMENTS.get(sample.metadata.get("language", ""))
    yield "text", text_hash(normalised(comments.sub("", sample.text) if comments else sample.text))
