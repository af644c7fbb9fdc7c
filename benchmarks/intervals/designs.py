"""How simulated samples come in clusters, and how alike those of a cluster are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from pytest_steering.statistics.arrays import Flags, Floats, Integers


class Design(NamedTuple):
    """Samples in clusters.

    Attributes:
        name: As the table shows it.
        sizes: Samples of each cluster.
    """

    name: str
    sizes: tuple[int, ...]

    @property
    def samples(self) -> int:
        """How many there are."""
        return sum(self.sizes)

    @property
    def clusters(self) -> Integers:
        """Number of the cluster of each sample."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @property
    def alone(self) -> bool:
        """Whether each sample is a cluster."""
        return max(self.sizes) == 1


UNEQUAL = 21 * (2,) + 3 * (3,) + 3 * (4,) + 3 * (5,) + 3 * (8,) + 3 * (18,) + 3 * (24,)
"""The clusters of SecLLMHolmes: scenarios with their twins and their augmentations."""

DESIGNS = (
    *(Design(f"{n} single samples", (1,) * n) for n in (48, 160, 320)),
    *(Design(f"{n // 2} pairs", (2,) * (n // 2)) for n in (48, 160, 320)),
    Design("20 clusters of 8", (8,) * 20),
    Design("39 unequal clusters, 228 samples", UNEQUAL),
)

ALIKE = (0.0, 0.3, 1.0)
"""Correlation of the samples of a cluster: none; some; each is what the others are."""


def shared(
    generator: np.random.Generator, design: Design, own: Floats, common: Floats, alike: float
) -> Floats:
    """Return numbers of samples that are their cluster's with a chance of √alike, and else their own.

    Two samples of a cluster then have the correlation `alike`, whatever the numbers are.

    Args:
        generator: Draws which it is.
        design: The clusters.
        own: One a sample. [samples]
        common: One a cluster. [clusters]
        alike: The correlation.
    """
    joined: Flags = generator.random(design.samples) < alike**0.5
    return np.where(joined, common[design.clusters], own)


def rates(generator: np.random.Generator, design: Design, rate: float, alike: float) -> Floats:
    """Return samples that are 1 at a rate and else 0.

    Args:
        generator: Draws them.
        design: Their clusters.
        rate: How often a sample is 1.
        alike: Correlation of the samples of a cluster.

    Returns:
        One number a sample. [samples]
    """
    own, common = (generator.random(count) < rate for count in (design.samples, len(design.sizes)))
    return shared(generator, design, own.astype(float), common.astype(float), alike)


def normals(generator: np.random.Generator, design: Design, alike: float) -> Floats:
    """Return standard normal numbers of samples.

    Args:
        generator: Draws them.
        design: Their clusters.
        alike: Correlation of the samples of a cluster.

    Returns:
        One number a sample. [samples]
    """
    own, common = (generator.normal(size=count) for count in (design.samples, len(design.sizes)))
    return np.asarray(alike**0.5 * common[design.clusters] + (1 - alike) ** 0.5 * own, dtype=np.float64)
