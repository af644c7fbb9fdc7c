"""The prompts of a page, each once: samples of many experiments are asked the same."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_steering.report.html.inlined import packed_json

PROMPTS_A_BLOCK = 400
"""Prompts that are unpacked together."""


class PromptTable:
    """Prompts in the order in which they were first shown, known by their numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []

    def number(self, sha256: str, known: Mapping[str, str]) -> int | None:
        """Return the number of a prompt; None where its text is not known.

        Args:
            sha256: Its hash.
            known: Texts by hash.
        """
        if sha256 not in known:
            return None
        if sha256 not in self._numbers:
            self._numbers[sha256] = len(self._texts)
            self._texts.append(known[sha256])
        return self._numbers[sha256]

    def blocks(self) -> tuple[str, ...]:
        """Return the texts, compressed, in blocks of `PROMPTS_A_BLOCK`."""
        starts = range(0, len(self._texts), PROMPTS_A_BLOCK)
        return tuple(packed_json(self._texts[start : start + PROMPTS_A_BLOCK]) for start in starts)
