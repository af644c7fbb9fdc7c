"""One of several parts that all tests are cut into, each a run: which it is, and which tests it has."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

_TEXT = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")

Place: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True)
class Shard:
    """A part of all tests.

    Attributes:
        number: Which one, from 1.
        of: How many there are.
    """

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


@dataclass(frozen=True)
class Share:
    """What the run of a shard says of itself, so that a merge can tell what is missing.

    Attributes:
        number: Of the shard, from 1.
        of: How many shards there are.
        tests: How many tests make records in all shards together.
        digest: Of their ids; shards of other tests have another one.
    """

    number: int
    of: int
    tests: int
    digest: str

    @property
    def shard(self) -> Shard:
        """Which shard it is."""
        return Shard(self.number, self.of)


def shard_of(text: str) -> Shard:
    """Return the shard that a text such as `2/8` names.

    Raises:
        ValueError: It names none; the message says what was expected.
    """
    found = _TEXT.fullmatch(text.strip())
    shard = Shard(int(found[1]), int(found[2])) if found else Shard(0, 0)
    if not 1 <= shard.number <= shard.of:
        raise ValueError("the number of a shard and how many there are was expected, from 1/8 to 8/8")
    return shard


def share_of(shard: Shard, tests: Collection[str]) -> Share:
    """Return what the run of a shard says of itself.

    Args:
        shard: Which one it is.
        tests: Ids of the tests of all shards that make records.
    """
    return Share(shard.number, shard.of, len(tests), digest_of(tests))


def digest_of(tests: Iterable[str]) -> str:
    """Return a hash of ids of tests, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(set(tests))).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def own_tests(shard: Shard, models: Mapping[str, str]) -> set[str]:
    """Return the tests that a shard runs, whatever order they were collected in.

    Tests are lined up model by model, those of a model by the hash of model and id, and the line is cut into
    as many pieces of equal length as there are shards: of m models n shards load m + n - 1 at the most. Tests
    without a model are cut by themselves, as they cost next to nothing.

    Args:
        shard: Whose tests are asked for.
        models: The model of each test by the test's id; empty where it needs none.
    """
    lines: dict[bool, list[Place]] = {True: [], False: []}
    for test, model in models.items():
        lines[bool(model)].append((model, _hash(model, test), test))
    return {test for line in lines.values() for *_, test in _piece(sorted(line), shard)}


def _piece(line: list[Place], shard: Shard) -> list[Place]:
    start, stop = (len(line) * number // shard.of for number in (shard.number - 1, shard.number))
    return line[start:stop]


def _hash(model: str, test: str) -> str:
    return hashlib.sha256(f"{model}\0{test}".encode("utf-8", "surrogatepass")).hexdigest()
