"""A command that tries something on every model type, and writes what it found into the document."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tools.census.build import model_types
from tools.census.sections import with_section

STEERED, REFUSED, NOT_BUILT = "steered", "refused when it is loaded", "not built"

Found: TypeAlias = "Mapping[str, tuple[str, Mapping[str, str]]]"
"""By model type what became of it, and by what was tried why it is refused."""


@dataclass(frozen=True)
class Census:
    """What is tried of each model type, and what is said of it.

    Attributes:
        name: Of the module, as a person runs it.
        about: What the command is for.
        tried: From a model type to what became of it.
        line: What is said of one while the command runs.
        counted: What is said of all.
        section: What is written into the document.
    """

    name: str
    about: str | None
    tried: Callable[[str], tuple[str, Mapping[str, str]]]
    line: Callable[[str, str, Mapping[str, str]], str]
    counted: Callable[[Found], str]
    section: Callable[[Found], str]

    def run(self, words: Sequence[str] | None) -> Found:
        """Try the model types that are named, and return what was found.

        Args:
            words: Of the command line; None for its own.
        """
        parser = argparse.ArgumentParser(prog=f"python -m {self.name}", description=self.about)
        parser.add_argument(
            "types", nargs="*", metavar="MODEL_TYPE", help="Model types to try; all by default"
        )
        parser.add_argument(
            "--keep", type=Path, metavar="FILE", help="Keep what was found here, and try no model type twice"
        )
        parser.add_argument("--write", type=Path, metavar="FILE", help="Put what was found into the document")
        arguments = parser.parse_args(words)
        if arguments.types and arguments.write:
            parser.error("a part cannot be written as the whole; leave the model types out")
        found = self._found(arguments.types or model_types(), arguments.keep)
        _say(self.counted(found))
        if arguments.write:
            text = arguments.write.read_text(encoding="utf-8")
            arguments.write.write_text(with_section(text, self.section(found)), encoding="utf-8")
        return found

    def _found(self, types: Sequence[str], kept: Path | None) -> Found:
        import torch

        torch.set_num_threads(1)  # the models are so small that threads only wait for each other
        known: dict[str, Any] = json.loads(kept.read_text("utf-8")) if kept and kept.is_file() else {}
        for model_type in types:
            if model_type not in known:
                known[model_type] = self.tried(model_type)
                _say(self.line(model_type, *known[model_type]))
                if kept:
                    kept.write_text(json.dumps(known), encoding="utf-8")
        return {model_type: tuple(known[model_type]) for model_type in types}


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's output
