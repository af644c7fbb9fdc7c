"""What hangs together, over any others: the connected components of things that share something."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence


def components(ties: Sequence[Iterable[Hashable]]) -> list[int]:
    """Return for each thing the number of the first one that it hangs together with, over any others.

    Args:
        ties: What each thing has; two that have one of these in common hang together.
    """
    parent = list(range(len(ties)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    first: dict[Hashable, int] = {}
    for number, own in enumerate(ties):
        for tie in own:
            one, other = sorted((root(number), root(first.setdefault(tie, number))))
            parent[other] = one
    return [root(number) for number in range(len(ties))]
