"""The prompts of a run by hash: as they were kept beside its records, or made again from data at hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pytest_steering.gate.flipped_prompts import prompts_of
from pytest_steering.identity import canonical
from pytest_steering.records import Record


class KnownPrompts:
    """Prompts as far as they can be had.

    Attributes:
        paths: Where data sets lie that are not embedded.
    """

    def __init__(self, paths: Mapping[str, Path], stored: Mapping[str, str]) -> None:
        """Know the prompts that were kept, by hash; older runs kept none."""
        self.paths = paths
        self._texts = dict(stored)
        self._asked: set[str] = set()

    def of(self, records: tuple[Record, ...]) -> dict[str, str]:
        """Return all prompts known so far by hash, those of some cells among them.

        Args:
            records: The cells.
        """
        for record in records:
            if any(one.prompt_sha256 not in self._texts for one in record.outcomes):
                self._learn(record)
        return self._texts

    def _learn(self, record: Record) -> None:
        header = (record.spec.get("intervention") or {}).get("header", "")
        about = canonical({"data": record.spec.get("data"), "prompt": record.spec.get("prompt"), "h": header})
        if about in self._asked:
            return
        self._asked.add(about)
        found = prompts_of(record, self.paths).texts
        hashes = {outcome.id: outcome.prompt_sha256 for outcome in record.outcomes}
        self._texts.update({hashes[name]: text for name, text in found.items()})
