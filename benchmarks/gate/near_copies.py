"""Near copies among published data, and disguised copies that are found: a table of docs/trust.md."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.gate.error_rates import table
from benchmarks.gate.marked_tables import Marks, tables_command
from pytest_steering import ChoiceTask, Task
from pytest_steering.errors import DataError
from pytest_steering.tasks.overlap import looked_for
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.task_registry import find_task
from pytest_steering.texts.text_print import near_copies, text_print
from pytest_steering.texts.text_tokens import KEYWORDS

MARKS = Marks("near copies", "python -m benchmarks.gate.near_copies")

READ = 256
"""At most so many samples are read, at even steps."""

_NAME = re.compile(r"(?<!#)\b[A-Za-z_]{5,}\b")


def sections() -> list[str]:
    """Return the table."""
    heads = ["read", "scored", "samples read", "samples scored", "near copies", "disguised, found"]
    return [table(heads, list(_rows()))]


def _rows() -> Iterator[list[str]]:
    for read, scored in _data():
        prompts = [text_print(one.prompt) for one in read[0].ask(read[1])]
        asked = looked_for(scored[1])
        near = {here for here, _ in near_copies(asked, prompts)}
        disguise = _other_names if "language" in scored[1][0].metadata else _other_spelling
        own = [text_print(disguise(one.prompt)) for one in scored[0].ask(scored[1])]
        found = {here for here, there in near_copies(asked, own) if here == there}
        counts = [len(read[1]), len(scored[1]), len(near)]
        yield [_name(read), _name(scored), *map(str, counts), f"{len(found) / len(asked):.3f}"]


Part = tuple[Task, Sequence[Sample]]


def _data() -> Iterator[tuple[Part, Part]]:
    twins = find_task("twins")
    train = _part(twins, "train")
    yield from ((train, _part(twins, split)) for split in ("test", "dev", "accept"))
    for name, folder in _folders().items():
        task = find_task(name, paths={name: folder})
        splits = dict.fromkeys(one.split for one in task.samples())
        if len(splits) > 1:
            yield _part(task, "train"), _part(task, next(one for one in splits if one != "train"))
        yield train, _part(task, next(iter(splits)))
    for file in sorted((_outside() / "behaviours" / "anthropic_evals").glob("*.jsonl")):
        choices = ChoiceTask.from_file(file)
        yield from ((_part(choices, split), _part(choices, "test")) for split in ("train", "dev"))


def _folders() -> dict[str, Path]:
    return {name: _outside() / name for name in ("secllmholmes", "castle", "sven")}


def _outside() -> Path:
    folder = os.environ.get("PYTEST_STEERING_TEST_DATA")
    if not folder:
        raise DataError(
            "the table needs real data: set PYTEST_STEERING_TEST_DATA to the folder that holds it"
        )
    return Path(folder)


def _part(task: Task, split: str) -> Part:
    samples = task.samples(split)
    step = max(1, len(samples) // READ)
    return task, samples[::step] if split == "train" else samples


def _name(part: Part) -> str:
    return f"{part[0].name}, {part[1][0].split}"


def _other_names(prompt: str) -> str:
    """Return code in which every name of five letters or more has another, and lines end in a comment."""
    names = _NAME.sub(lambda found: found[0] if found[0] in KEYWORDS else f"other_{found[0]}", prompt)
    return re.sub(r"([;{:])\n", r"\1   // as it was\n", names)


def _other_spelling(prompt: str) -> str:
    """Return prose in capitals, a word a line."""
    return "\n".join(prompt.upper().split())


if __name__ == "__main__":
    tables_command(MARKS, sections, __doc__ or "", None)
