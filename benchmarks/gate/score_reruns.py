"""Scores of two runs between which nothing changed, in the shapes that scores of texts and margins have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    from pytest_steering.statistics.arrays import Floats

    Generator: TypeAlias = np.random.Generator
    Draw: TypeAlias = Callable[[Generator, tuple[int, int]], Floats]


class Scores(NamedTuple):
    """How a score is spread over samples.

    Attributes:
        draw: Numbers of the shape [cells, samples].
        sd: Their standard deviation.
        mean: Their mean.
        worst: The lowest that they come to, in practice.
    """

    draw: Draw
    sd: float
    mean: float
    worst: float


class Rerun(NamedTuple):
    """How the scores of a run differ from those of the run before for no reason.

    Attributes:
        shape: Of the scores and their noise, in words.
        noise: How much differs, in words.
        scores: How they are spread.
        again: From the scores of a run to those of the next.
        together: How many samples are a cluster.
        steady: Whether runs of 160 samples a cell that differ by no more are to pass.
    """

    shape: str
    noise: str
    scores: Scores
    again: Callable[[Generator, Floats], Floats]
    together: int = 1
    steady: bool = True


def gaussian(generator: Generator, shape: tuple[int, int]) -> Floats:
    """Draw standard normal numbers."""
    return generator.standard_normal(shape)


def heavy(generator: Generator, shape: tuple[int, int]) -> Floats:
    """Draw Student's t with three degrees of freedom, of standard deviation 1."""
    return generator.standard_t(3, shape) / 3**0.5


def skewed(generator: Generator, shape: tuple[int, int]) -> Floats:
    """Draw lognormal numbers, of mean 0 and standard deviation 1, with a long upper tail."""
    import numpy as np

    drawn = (generator.lognormal(0, 1, shape) - np.exp(0.5)) / np.sqrt((np.e - 1) * np.e)
    return np.asarray(drawn, dtype=np.float64)


def sentiments(generator: Generator, shape: tuple[int, int]) -> Floats:
    """Draw what VADER gives cheerful answers: a fifth exactly 0, a fifth below, the rest crowded under 1."""
    import numpy as np

    kind = generator.random(shape)
    above = np.minimum(generator.normal(0.75, 0.2, shape), 0.99)
    below = np.maximum(generator.normal(-0.5, 0.25, shape), -1.0)
    return np.where(kind < 0.2, 0.0, np.where(kind < 0.8, above, below)).round(4)


def yes_or_no(generator: Generator, shape: tuple[int, int]) -> Floats:
    """Draw a check that nine of ten answers pass."""
    return (generator.random(shape) < 0.9).astype(float)


NORMAL = Scores(gaussian, 1.0, 0.0, -3.0)
SENTIMENT = Scores(sentiments, 0.539, 0.343, -1.0)
CHECK = Scores(yes_or_no, 0.3, 0.9, 0.0)


def noisy(noise: Draw, size: float, together: int = 1) -> Callable[[Generator, Floats], Floats]:
    """Return what adds noise to each score and takes as much of the score away, so that its spread stays.

    Change and score are symmetric about 0, so that either run may be the first.

    Args:
        noise: Of standard deviation 1.
        size: Standard deviation of the change between two runs.
        together: Samples of a cluster; half of their noise is common to them.
    """

    def again(generator: Generator, before: Floats) -> Floats:
        import numpy as np

        kept = 1 - size**2 / 2
        own = noise(generator, before.shape)
        if together > 1:
            common = noise(generator, (before.shape[0], before.shape[1] // together))
            own = (own + np.repeat(common, together, axis=1)) / 2**0.5
        return np.asarray(kept * before + (1 - kept**2) ** 0.5 * own, dtype=np.float64)

    return again


def redrawn(draw: Draw, share: float, together: int = 1) -> Callable[[Generator, Floats], Floats]:
    """Return what draws the scores of some samples again and leaves the others.

    Args:
        draw: As the scores were drawn.
        share: Of the samples.
        together: Samples of a cluster, which is drawn again whole.
    """

    def again(generator: Generator, before: Floats) -> Floats:
        import numpy as np

        other = generator.random((before.shape[0], before.shape[1] // together)) < share
        return np.where(np.repeat(other, together, axis=1), draw(generator, before.shape), before)

    return again


HEAVY = Scores(heavy, 1.0, 0.0, -3.0)

RERUNS = (
    Rerun("any", "none", SENTIMENT, redrawn(sentiments, 0.0)),
    Rerun("normal", "change of 0.25 sd", NORMAL, noisy(gaussian, 0.25)),
    Rerun("normal", "change of 0.5 sd", NORMAL, noisy(gaussian, 0.5)),
    Rerun("heavy tails", "change of 0.5 sd", HEAVY, noisy(heavy, 0.5), steady=False),
    Rerun("sentiment", "2 % drawn again", SENTIMENT, redrawn(sentiments, 0.02)),
    Rerun("sentiment", "10 % drawn again", SENTIMENT, redrawn(sentiments, 0.1)),
    Rerun("sentiment", "all drawn again", SENTIMENT, redrawn(sentiments, 1.0), steady=False),
    Rerun("yes or no", "4 % drawn again", CHECK, redrawn(yes_or_no, 0.04)),
    Rerun("clusters of 8, normal", "change of 0.5 sd", NORMAL, noisy(gaussian, 0.5, 8), 8, steady=False),
    Rerun(
        "clusters of 8, sentiment",
        "10 % drawn again",
        SENTIMENT,
        redrawn(sentiments, 0.1, 8),
        8,
        steady=False,
    ),
)
