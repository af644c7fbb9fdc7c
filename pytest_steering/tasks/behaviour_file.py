"""A behaviour in one JSON file: what is asked, how an answer is scored, what counts as a miss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.tasks import pair_rows, text_data
from pytest_steering.tasks.data_files import read_object
from pytest_steering.tasks.fields import required_text, shown
from pytest_steering.tasks.labelled_rows import labelled
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.scores.miss_score import miss
from pytest_steering.tasks.scores.named import named
from pytest_steering.tasks.scores.score import Score

MOST_TOKENS = "max_new_tokens"
REQUIRED = ("prompts", "score")
KINDS: Mapping[str, type] = {"system": str, "chat": bool, MOST_TOKENS: int}
_KIND_NAMES = {str: "text", bool: "true or false", int: "a whole number of at least 1"}
FIELDS = (*REQUIRED, "name", "pairs", "guards", "miss", "words", *KINDS)


@dataclass(frozen=True)
class Behaviour:
    """What such a file says.

    Attributes:
        name: Of the file, where it does not say.
        samples: The prompts.
        notes: What was understood of them.
        scores: That of the behaviour; after it `miss`, where one is declared.
        guards: None where the file does not say.
        pairs: Contrast pairs.
        words: What asks for the behaviour; None where no words can.
        system: The system message.
        chat: Whether a prompt is a user's message.
        max_new_tokens: Of an answer; None where the file does not say.
    """

    name: str
    samples: tuple[Sample, ...]
    notes: tuple[str, ...]
    scores: tuple[Score, ...]
    guards: tuple[Score, ...] | None
    pairs: tuple[ContrastPair, ...]
    words: str | tuple[str, ...] | None
    system: str
    chat: bool
    max_new_tokens: int | None


def read_behaviour(path: Path) -> Behaviour:
    """Return what a behaviour's file says.

    Args:
        path: A JSON object with `prompts` and `score`, and where they are wanted `name`, `pairs`, `guards`,
            `miss`, `words`, `system`, `chat` and `max_new_tokens`. `prompts` and `pairs` are lists, or name
            JSON lines files beside this one; a score is as `named` reads it.

    Raises:
        DataError: The file is not what is expected; the sentence says where.
    """
    said = read_object(path)
    _require_fields(said, path)
    samples, notes = _prompts(said, path)
    guards = _guards(said.get("guards"), path)
    return Behaviour(
        name=required_text(said, "name", str(path)) if "name" in said else path.stem,
        samples=samples,
        notes=notes,
        scores=_scores(said, guards or (), path),
        guards=guards,
        pairs=_pairs(said["pairs"], path) if "pairs" in said else (),
        words=_words(said.get("words"), path),
        system=said.get("system", ""),
        chat=said.get("chat", False),
        max_new_tokens=said.get("max_new_tokens"),
    )


def _require_fields(said: Mapping[str, Any], path: Path) -> None:
    missing = [name for name in REQUIRED if name not in said]
    unknown = [name for name in said if name not in FIELDS]
    if missing:
        found = ", ".join(map(repr, said)) or "none"
        raise DataError(f"{path}: field {missing[0]!r} is missing; found {found}")
    if unknown:
        near = did_you_mean(unknown[0], FIELDS)
        raise DataError(f"{path}: field {unknown[0]!r} is not known; {near}there are {', '.join(FIELDS)}")
    for name, kind in KINDS.items():
        value = said.get(name, kind())
        if type(value) is not kind or (name == MOST_TOKENS and name in said and said[name] < 1):
            raise DataError(f"{path}: field {name!r} is {shown(value)}, expected {_KIND_NAMES[kind]}")


def _prompts(said: Mapping[str, Any], path: Path) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    prompts, trained = said["prompts"], "pairs" not in said
    if isinstance(prompts, str):
        return text_data.prompts(path.parent / prompts, trained)
    rows = {
        where: {"prompt": row} if isinstance(row, str) else row
        for where, row in _rows(prompts, "prompts", path)
    }
    return text_data.checked(path, *labelled(_objects(rows), path.stem, {}, text="prompt"), trained=trained)


def _pairs(said: object, path: Path) -> tuple[ContrastPair, ...]:
    if isinstance(said, str):
        return tuple(pair_rows.read_pairs(path.parent / said))
    return tuple(pair_rows.pairs_of(_objects(dict(_rows(said, "pairs", path))), path))


def _guards(said: object, path: Path) -> tuple[Score, ...] | None:
    return None if said is None else tuple(named(one, where) for where, one in _rows(said, "guards", path))


def _words(said: object, path: Path) -> str | tuple[str, ...] | None:
    if said is None or isinstance(said, str):
        return said
    if isinstance(said, list) and said and all(isinstance(one, str) for one in said):
        return tuple(said)
    raise DataError(f"{path}: field 'words' is {shown(said)}, expected text, or a list of texts")


def _scores(said: Mapping[str, Any], guards: tuple[Score, ...], path: Path) -> tuple[Score, ...]:
    score = named(said["score"], f"{path}, score")
    if "miss" not in said:
        return (score,)
    wanted = said["miss"]
    if not isinstance(wanted, dict) or not set(wanted) <= {"least", "most"}:
        raise DataError(
            f"{path}: field 'miss' is {shown(wanted)}, expected an object with least, most or both"
        )
    return (score, miss(score, guards, **wanted))


def _rows(said: object, field: str, path: Path) -> list[tuple[str, Any]]:
    if not isinstance(said, list):
        raise DataError(f"{path}: field {field!r} is {shown(said)}, expected a list, or the name of a file")
    return [(f"{path}, {field} {number}", one) for number, one in enumerate(said, 1)]


def _objects(rows: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    for where, row in rows.items():
        if not isinstance(row, dict):
            raise DataError(f"{where} is {shown(row)}, expected an object")
    return rows
