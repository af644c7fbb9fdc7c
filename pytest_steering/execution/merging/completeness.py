"""What runs lack, taken together, of what they were to be: shards, tests that ended, records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.errors import DataError
from pytest_steering.execution.merging.run_to_merge import Source
from pytest_steering.run_folder.manifest import PlannedTest
from pytest_steering.run_folder.shortfall import first_few
from pytest_steering.shard import Share, digest_of

_UNENDED = ("", "lost")


def require_one_cut(sources: Sequence[Source]) -> None:
    """Refuse runs that are shards of different things, or shards and none.

    Raises:
        DataError: They are.
    """
    shares = {source.name: source.manifest.shard for source in sources}
    cuts = {name: share and (share.of, share.tests, share.digest) for name, share in shares.items()}
    if len(set(cuts.values())) > 1:
        raise DataError(
            "these are no shards of one suite, which are all run with the same tests, -k and number: "
            + "; ".join(f"{name} is {_cut(share)}" for name, share in shares.items())
        )


def united(sources: Sequence[Source]) -> dict[str, PlannedTest]:
    """Return the tests of all runs together; of one that several ran, the one that ended."""
    tests: dict[str, PlannedTest] = {}
    for source in sources:
        for name, test in source.manifest.selected.items():
            if name not in tests or tests[name].ending in _UNENDED:
                tests[name] = test
    return tests


def lacks(sources: Sequence[Source]) -> list[str]:
    """Return a phrase on each thing that runs lack where taken together; nothing where they are whole.

    Args:
        sources: The runs, of one cut.
    """
    return [*_shards(sources), *_endings(sources), *_untold(sources)]


def _shards(sources: Sequence[Source]) -> Iterator[str]:
    shares = [source.manifest.shard for source in sources if source.manifest.shard]
    if not shares:
        return
    of, tests = shares[0].of, united(sources)
    missing = [f"{one}/{of}" for one in sorted({*range(1, of + 1)} - {one.number for one in shares})]
    if missing:
        left = f"{shares[0].tests - len(tests)} of {shares[0].tests} tests that make records"
        which = (
            f"shard {missing[0]}, which has"
            if len(missing) == 1
            else f"shards {first_few(missing)}, which have"
        )
        yield f"{which} {left}"
    elif digest_of(tests) != shares[0].digest:
        yield f"some of the {shares[0].tests} tests that the shards have in all; they name {len(tests)}"


def _endings(sources: Sequence[Source]) -> Iterator[str]:
    tests = united(sources)
    open_ = [name for name, test in tests.items() if test.ending in _UNENDED]
    if open_:
        whose = [
            _ended(source) for source in sources if any(name in source.manifest.selected for name in open_)
        ]
        yield f"the end of {len(open_)} of {len(tests)} tests ({', '.join(whose)}): {first_few(open_)}"


def _untold(sources: Sequence[Source]) -> Iterator[str]:
    for source in sources:
        if source.manifest.status == "unknown":
            yield f"any word on which tests {source.name} was to run"
        if source.manifest.uncollected:
            yield f"what {source.name} could not collect: {first_few(source.manifest.uncollected)}"
        yield from (f"some of {source.name}: {doubt}" for doubt in source.doubts)
        yield from (
            f"what {source.name} was merged without: {sentence}" for sentence in source.manifest.missing
        )


def _ended(source: Source) -> str:
    said = {"started": "killed or still going on", "stopped": "stopped"}
    part = f"shard {source.manifest.shard.shard}, " if source.manifest.shard else ""
    return f"{part}{source.name}: {said.get(source.manifest.status, 'its records were lost')}"


def _cut(share: Share | None) -> str:
    return f"shard {share.shard} of {share.tests} tests ({share.digest[:8]})" if share else "no shard"
