"""Pairs that a model wrote: how many were asked for and kept, why others were not, and their file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.extraction.pair_checks import PairProblem, check_pairs
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.file_access.storage import replace_file


@dataclass(frozen=True)
class WrittenPairs:
    """What a model wrote when it was asked for contrast pairs.

    Attributes:
        pairs: Those that were kept.
        wanted: How many were wanted.
        asked: How many the model was asked for until there were so many, or it was asked often enough.
        dropped: Of those that were not kept, how many for which reason.
        provenance: Who wrote them, and what was asked; stands in each line of the file.
    """

    pairs: tuple[ContrastPair, ...] = field(repr=False)
    wanted: int
    asked: int
    dropped: Mapping[str, int]
    provenance: Mapping[str, str]

    def problems(self) -> list[PairProblem]:
        """Return what is wrong with the kept pairs as texts; see `check_pairs`."""
        return check_pairs(self.pairs)

    def told(self) -> Iterator[str]:
        """Yield sentences: how many pairs there are of how many, and why others were dropped."""
        few = f"; {self.wanted} were wanted" if len(self.pairs) < self.wanted else ""
        who = self.provenance["model"]
        yield f"kept {len(self.pairs)} of {self.asked} pairs that {who} was asked for{few}"
        for reason, count in Counter(self.dropped).most_common():
            yield f"{count} dropped: {reason}"

    def save(self, path: Path | str) -> None:
        """Write the pairs as JSON lines that `read_pairs` reads, each with its provenance.

        Args:
            path: Of a file that is not there yet.

        Raises:
            DataError: The file is there, or no pair was kept.
        """
        place = Path(path)
        require_new(place)
        if not self.pairs:
            raise DataError(f"no pair was kept, so {place} is not written: {'; '.join(self.told())}")
        rows = (
            {"positive": one.positive, "negative": one.negative, "subject": one.sample_id, **self.provenance}
            for one in self.pairs
        )
        lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        replace_file(place, lines.encode("utf-8"))


def require_new(path: Path) -> None:
    """Raise DataError where a file is there already: pairs that somebody has are not written over."""
    if path.exists():
        raise DataError(f"{path} is there already; name another file, or move it away")
