"""The prompts of a run, each once under its hash: records hold hashes alone, and the texts lie beside them.

A line is worth what its hash says: one that a killed process tore, or that somebody changed, is no prompt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.file_access.file_lines import is_there, lines_of
from pytest_steering.file_access.storage import append_line
from pytest_steering.plain_json import parsed
from pytest_steering.texts.text_hash import text_hash

NAME, RECORDS = "prompts.jsonl", "records.jsonl"


@dataclass(frozen=True)
class StoredPrompts:
    """What a file of prompts holds.

    Attributes:
        texts: By hash.
        doubts: A sentence on lines that are no prompt, and are passed over for that.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


class PromptFile:
    """The prompts beside a file of records; nothing is written before the first.

    Attributes:
        path: Of the prompts.
    """

    def __init__(self, records: Path) -> None:
        """Stand for the prompts beside a file of records, whatever that is called."""
        own = records.name == RECORDS
        self.path = records.with_name(NAME) if own else records.with_suffix(f".{NAME}")
        self._known: set[str] = set()
        self._read_to = 0

    def keep(self, prompts: Mapping[str, str]) -> None:
        """Add those prompts that no process of the run has added yet, complete on the disk when this returns.

        Args:
            prompts: By hash.

        Raises:
            StorageError: They could not be written.
        """
        if prompts.keys() <= self._known:
            return
        append_line(self.path, lambda _last: self._missing(prompts))
        self._known.update(prompts)

    def read(self) -> StoredPrompts:
        """Return the prompts whose text has the hash that it goes by; none where there is no file."""
        texts: dict[str, str] = {}
        passed = 0
        try:
            for line in lines_of(self.path) if is_there(self.path) else ():
                prompt = _prompt(line)
                passed += prompt is None
                texts.update({} if prompt is None else {text_hash(prompt): prompt})
        except DataError as error:
            return StoredPrompts(texts, (str(error),))
        said = f"{passed} of the lines of {self.path.name} hold no prompt that goes by its hash"
        return StoredPrompts(texts, (f"{said}; they are passed over",) if passed else ())

    def _missing(self, prompts: Mapping[str, str]) -> str:
        """Return lines of the prompts that are not there; no other process adds any meanwhile."""
        self._known.update(self._added())
        new = [(sha256, text) for sha256, text in prompts.items() if sha256 not in self._known]
        return "\n".join(json.dumps({"prompt": text, "sha256": sha256}) for sha256, text in new)

    def _added(self) -> Iterator[str]:
        """Yield the hashes of the prompts that were added, by whom ever, since this was last asked."""
        with self.path.open("rb") as file:
            file.seek(self._read_to)
            for line in file:
                if line.endswith(b"\n"):
                    self._read_to += len(line)
                    prompt = _prompt(line)
                    yield from () if prompt is None else (text_hash(prompt),)


def _prompt(line: bytes) -> str | None:
    """Return the prompt of a line; None where the line was torn, changed, or never was one."""
    try:
        row = parsed(line) if line.endswith(b"\n") else None
    except DataError:
        return None
    if not isinstance(row, dict) or not isinstance(prompt := row.get("prompt"), str):
        return None
    return prompt if text_hash(prompt) == row.get("sha256") else None
