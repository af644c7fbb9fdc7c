"""Quantiles and tails of the distributions that the tests here rest on.

By `scipy.special`, which `scipy.stats` itself asks: importing the latter takes most of a second, which every
run with records would wait for at its end, and in each call it checks what is known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pytest_steering.statistics.arrays import Floats


def normal_quantile(share: ArrayLike) -> Floats:
    """Return Φ⁻¹: below which deviation this share of a standard normal distribution lies."""
    from scipy.special import ndtri

    return _floats(ndtri(_floats(share)))


def normal_below(deviation: ArrayLike) -> Floats:
    """Return Φ: the share of a standard normal distribution that lies below a deviation."""
    from scipy.special import ndtr

    return _floats(ndtr(_floats(deviation)))


def student_quantile(share: ArrayLike, degrees: ArrayLike) -> Floats:
    """Return below which value this share of Student's t distribution lies."""
    from scipy.special import stdtrit

    return _floats(stdtrit(_floats(degrees), _floats(share)))


def student_above(value: ArrayLike, degrees: ArrayLike) -> Floats:
    """Return the share of Student's t distribution that lies above a value."""
    from scipy.special import stdtr

    return _floats(stdtr(_floats(degrees), -_floats(value)))


def chi_squared_above(value: ArrayLike, degrees: ArrayLike) -> Floats:
    """Return the share of a χ² distribution that lies above a value of at least 0."""
    from scipy.special import chdtrc

    return _floats(chdtrc(_floats(degrees), _floats(value)))


def gamma_quantile(share: ArrayLike, shape: ArrayLike) -> Floats:
    """Return below which value this share of a gamma distribution of scale 1 lies."""
    from scipy.special import gammaincinv

    return _floats(gammaincinv(_floats(shape), _floats(share)))


def binomial_at_least(count: ArrayLike, trials: ArrayLike, chance: ArrayLike) -> Floats:
    """Return the chance of so many successes or more: P(X ≥ k) is the incomplete beta Iₚ(k, n − k + 1).

    Args:
        count: Successes, whole; below 0 or above the trials too.
        trials: Of each; at least 0.
        chance: Of a success in one trial.
    """
    import numpy as np
    from scipy.special import betainc

    k, n = _floats(count), _floats(trials)
    inside = betainc(np.maximum(k, 1), np.maximum(n - k + 1, 1), _floats(chance))
    return _floats(np.where(k <= 0, 1.0, np.where(k > n, 0.0, inside)))


def binomial_at_most(count: ArrayLike, trials: ArrayLike, chance: ArrayLike) -> Floats:
    """Return the chance of so many successes or fewer; see `binomial_at_least`."""
    import numpy as np
    from scipy.special import betaincc

    k, n = _floats(count), _floats(trials)
    inside = betaincc(np.maximum(k + 1, 1), np.maximum(n - k, 1), _floats(chance))
    return _floats(np.where(k < 0, 0.0, np.where(k >= n, 1.0, inside)))


def _floats(values: ArrayLike) -> Floats:
    import numpy as np

    return np.asarray(values, dtype=np.float64)
