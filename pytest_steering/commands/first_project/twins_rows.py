"""Data for the embedded models, which know code alone: made of this package's own twins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_steering.tasks.sample import Sample

SIZES = {"train": 24, "dev": 24, "test": 60}
QUESTION = "Is this code secure or vulnerable?"
CARE = "Check each step with care."

_NAMES = {"c": "C", "python": "Python"}

Row = Mapping[str, Any]


def code_rows(file: str) -> Iterator[Row]:
    """Yield the rows of a data file of the embedded models' examples.

    Args:
        file: Its name.
    """
    from pytest_steering.tasks.task_registry import load_dataset

    samples = load_dataset("twins")
    wanted = {"train": SIZES["train"]} if file == "code_pairs.jsonl" else SIZES
    for split, count in wanted.items():
        for one in [sample for sample in samples if sample.split == split][:count]:
            yield _ROWS[file](one)


def _ties(one: Sample) -> dict[str, Any]:
    return {"id": one.id, "split": one.split, "group": one.group, "pair_id": one.pair_id}


def _code(one: Sample) -> str:
    return f"### {_NAMES[str(one.metadata['language'])]} code:\n{one.text}"


def _asked(one: Sample, words: str = "") -> str:
    return f"{_code(one)}\n\nQuestion: {words}{QUESTION}\nAnswer:"


def _verdict(one: Sample) -> Row:
    return {"text": _code(one), "label": one.label, **_ties(one)}


def _choice(one: Sample) -> Row:
    options = {"options": ["Secure", "Vulnerable"], "answer": one.label}
    return {"question": f"{_code(one)}\n\nQuestion: {QUESTION}", **options, **_ties(one)}


def _prompt(one: Sample) -> Row:
    return {"prompt": _asked(one), **_ties(one)}


def _pair(one: Sample) -> Row:
    return {"positive": _asked(one, f"{CARE} "), "negative": _asked(one)}


_ROWS: Mapping[str, Callable[[Sample], Row]] = {
    "code.jsonl": _verdict,
    "code_choices.jsonl": _choice,
    "code_prompts.jsonl": _prompt,
    "code_pairs.jsonl": _pair,
}
