"""How many differences the tests of a run expected, and what that says of those that were found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_steering.counted import counted
from pytest_steering.experiments.claim_family import by_chance, claims_of
from pytest_steering.experiments.expectation_verdict import LEVEL
from pytest_steering.records import Record


def claim_texts(records: Iterable[Record]) -> Iterator[str]:
    """Yield a sentence on the claims of a run, and one on each that is met and does not survive.

    Args:
        records: Of the run, in the order they were written.
    """
    claims = claims_of(records)
    if not claims:
        return
    met = [one for one in claims if one.met]
    if len(claims) == 1:
        ended = "met" if met else "not met"
        yield f"1 claim of a difference, {ended}: where there is none, chance meets it in {by_chance(1):.0%}"
        return
    surviving = sum(one.survives for one in met)
    yield (
        f"{counted(len(claims), 'claim')} of a difference, {len(met)} met: were there no differences, one at "
        f"least would be met with a chance of {by_chance(len(claims)):.0%}; among {len(claims)}, "
        f"{surviving} of {len(met)} survive (Holm, {LEVEL:g})"
    )
    yield from (
        f"does not survive among {counted(len(claims), 'claim')}: {one}" for one in met if not one.survives
    )
