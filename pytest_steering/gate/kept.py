"""What is kept of a sample to compare it with later, and which samples turned since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.gate.comparison import ClusterChange
from pytest_steering.records import Outcome

NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True)
class Kept:
    """One sample's answer.

    Attributes:
        predicted: `yes`, `no` or `none`.
        expected: `yes` or `no`.
        prompt: First 16 hexadecimal digits of the prompt's SHA-256.
        response: The answer's text.
        tied_at: The first generated token at which the two best logits nearly tied; None where none did.
    """

    predicted: str
    expected: str
    prompt: str
    response: str
    tied_at: int | None

    @property
    def right(self) -> bool:
        """Whether the answer is right; no answer is not."""
        return self.predicted == self.expected

    def as_row(self) -> list[Any]:
        """Return the form that a file holds."""
        return [self.predicted, self.expected, self.prompt, self.response, self.tied_at]

    @classmethod
    def from_row(cls, row: Any) -> Kept:
        """Return what a file holds; raises DataError for anything else."""
        texts = isinstance(row, list) and len(row) == 5 and all(isinstance(part, str) for part in row[:4])
        if not texts or not isinstance(row[4], (int, type(None))):
            raise DataError(
                f"a sample is kept as [predicted, expected, prompt, response, tied_at]; found {row!r}"
            )
        return cls(*row)


Samples = Mapping[str, Kept]


def kept(outcomes: Iterable[Outcome]) -> dict[str, Kept]:
    """Return what is kept of the samples that were run, by id."""
    return {
        one.id: Kept(one.predicted, one.expected, one.prompt_sha256[:16], one.response, one.tied_at)
        for one in outcomes
        if not one.skipped
    }


def accuracy(samples: Samples) -> float:
    """Return the share of right answers; 0 without samples."""
    return sum(one.right for one in samples.values()) / len(samples) if samples else 0.0


@dataclass(frozen=True)
class Flip:
    """A sample that is right where it was wrong, or wrong where it was right.

    Attributes:
        id: Of the sample.
        before: What is kept of it.
        now: As it was answered now.
    """

    id: str
    before: Kept
    now: Kept

    @property
    def broken(self) -> bool:
        """Whether it was right and is wrong."""
        return self.before.right

    @property
    def tied(self) -> bool:
        """Whether a near-tie of logits explains it: the two answers part at a token that nearly tied."""
        return any(
            _explains(one.tied_at, self.before.response, self.now.response) for one in (self.before, self.now)
        )


@dataclass(frozen=True)
class Pairing:
    """The samples of a cell beside those of its baseline.

    Attributes:
        n: Samples that are compared; those that flipped at a near-tie are among them and did not change.
        flips: Samples that changed, near-ties among them.
        changed: Ids whose prompt or label differs.
        unpaired: Ids that only one of the two has.
        clusters: What became of samples that belong together, near-ties aside; each sample is in one.
    """

    n: int
    flips: tuple[Flip, ...]
    changed: tuple[str, ...]
    unpaired: tuple[str, ...]
    clusters: tuple[ClusterChange, ...]

    @property
    def broken(self) -> int:
        """How many samples broke, near-ties aside."""
        return sum(flip.broken and not flip.tied for flip in self.flips)

    @property
    def fixed(self) -> int:
        """How many samples were fixed, near-ties aside."""
        return sum(not flip.broken and not flip.tied for flip in self.flips)


def pair(before: Samples, now: Samples, clusters: Mapping[str, str] = NO_NAMES) -> Pairing:
    """Compare the samples of a cell with those of its baseline by id.

    Args:
        before: The baseline's.
        now: The run's.
        clusters: Names the cluster of a sample by its id; a sample without one is a cluster of its own.
    """
    both = [name for name in before if name in now]
    changed = tuple(name for name in both if _content(before[name]) != _content(now[name]))
    same = [name for name in both if name not in set(changed)]
    flips = tuple(Flip(n, before[n], now[n]) for n in same if before[n].right != now[n].right)
    unpaired = tuple(sorted(set(before) ^ set(now)))
    return Pairing(len(same), flips, changed, unpaired, _by_cluster(same, flips, clusters))


def clusters_of(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Return the cluster of each sample by its id: its scenario, its twin pair, or itself."""
    return {one.id: one.resampled_with for one in outcomes}


def _by_cluster(
    names: Iterable[str], flips: Iterable[Flip], clusters: Mapping[str, str]
) -> tuple[ClusterChange, ...]:
    counted = [flip for flip in flips if not flip.tied]
    samples, broken, fixed = (
        Counter(clusters.get(name, name) for name in part)
        for part in (
            names,
            [flip.id for flip in counted if flip.broken],
            [flip.id for flip in counted if not flip.broken],
        )
    )
    return tuple(ClusterChange(count, broken[name], fixed[name]) for name, count in samples.items())


def _content(sample: Kept) -> tuple[str, str]:
    return sample.prompt, sample.expected


def _explains(tied_at: int | None, before: str, now: str) -> bool:
    if tied_at is None:
        return False
    return tied_at == 0 or before.split()[:1] == now.split()[:1]
