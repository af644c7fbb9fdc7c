"""Who fakes an effect is named, or does not get it; who is honest gets a conclusion.

    pytest benchmarks/audit -m "slow or not slow"

runs every experiment; without it a few of them run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from benchmarks.audit.case import Case, denied_by, named_by
from benchmarks.audit.cases import EARNED, FAKED

QUICK = frozenset(
    {
        "own ids, other layout",
        "duplicates",
        "readability alone",
        "side effect of −.35",
        "edited records on resume",
        "verdicts reversed at near-ties",
        "60 samples, p 3.7e-9",
        "verdicts of one's own",
    }
)
"""Cheap ones of nearly each kind, which every change is tested against."""


def _params(kinds: Mapping[str, Sequence[Case]]) -> Iterator[object]:
    for kind, cases in kinds.items():
        for case in cases:
            missed = [pytest.mark.xfail(reason=case.missed, strict=True)] if case.missed else []
            marks = [*missed, *([] if case.name in QUICK else [pytest.mark.slow])]
            yield pytest.param(case, id=f"{kind}: {case.name}", marks=marks)


@pytest.mark.parametrize("case", [*_params(FAKED)])
def test_what_is_faked_is_named(case: Case, tmp_path: Path) -> None:
    said = case.run(tmp_path)
    assert named_by(case, said), [*map(str, said.findings), *said.sentences]


@pytest.mark.parametrize("case", [*_params(EARNED)])
def test_what_is_honest_is_earned(case: Case, tmp_path: Path) -> None:
    assert not denied_by(case.run(tmp_path))


def test_at_least_27_of_30_fakes_are_named_and_25_honest_experiments_earn_theirs() -> None:
    faked, honest = ([case for cases in kinds.values() for case in cases] for kinds in (FAKED, EARNED))
    for every in (faked, honest):
        assert len({case.name for case in every}) == len(every)
    assert len(faked) >= 30
    assert sum(not case.missed for case in faked) >= 0.9 * len(faked)
    assert sum(not case.missed for case in honest) >= 25
