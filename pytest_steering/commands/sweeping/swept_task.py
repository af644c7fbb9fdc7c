"""The task that a prompts file and a score make; which kind it is, the first row says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError, first_line

if TYPE_CHECKING:
    from pytest_steering.tasks.scores.score import ScoreFunction
    from pytest_steering.tasks.task import Task, Words
    from pytest_steering.tasks.text import AnyScore

PROMPT_FIELDS = ("prompt", "messages")


def swept_task(
    prompts: Path, pairs: Path, score: str | None, max_new_tokens: int, words: Words = None
) -> Task:
    """Return the task of a sweep.

    Args:
        prompts: JSON lines with `prompt` or `messages`, or choices with their options.
        pairs: JSON lines with `positive` and `negative`.
        score: Of the package, by name or as JSON; or `file.py:function`. None for choices.
        max_new_tokens: Of an answer.
        words: What asks for the behaviour: said by the control `prompted`.

    Raises:
        DataError: A file or the score is not what is expected.
    """
    if not _of_prompts(prompts):
        return _choices(prompts, score, words)
    if score is None:
        raise DataError(f"{prompts} holds prompts, whose answers need a score: --score sentiment, say")
    from pytest_steering.tasks.text import TextTask

    return TextTask.from_file(prompts, _score(score), pairs=pairs, words=words, max_new_tokens=max_new_tokens)


def _of_prompts(path: Path) -> bool:
    if path.suffix.casefold() == ".csv":
        return False
    from pytest_steering.tasks.jsonlines import read_rows

    try:
        row = next(iter(read_rows(path)), None)
    except DataError:
        if path.is_file() and path.read_bytes().lstrip()[:1] == b"[":  # an array, as choices are published
            return False
        raise
    if row is None:
        raise DataError(f"{path} holds no rows; expected some with 'prompt', or choices with their options")
    return any(name in row[1] for name in PROMPT_FIELDS)


def _choices(prompts: Path, score: str | None, words: Words) -> Task:
    if score is not None:
        raise DataError(f"{prompts} holds choices, which are compared by likelihood: leave --score out")
    from dataclasses import replace

    from pytest_steering.tasks.choice import ChoiceTask

    return replace(ChoiceTask.from_file(prompts, by="text", words=words), name=prompts.stem)


def _score(said: str) -> AnyScore:
    file, _, name = said.rpartition(":")
    if file.endswith(".py"):
        return _function(Path(file), name)
    from pytest_steering.replay.arms.score_option import scores_and_guards

    return scores_and_guards([said], [])[0][0]


def _function(path: Path, name: str) -> ScoreFunction:
    """Return a function of a person's own file, which is run."""
    spec = importlib.util.spec_from_file_location(f"steering_score_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise DataError(f"--score: there is no file {path}")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a person's own code raises
        raise DataError(
            f"--score: {path} cannot be run: {type(error).__name__}: {first_line(error)}"
        ) from error
    found = getattr(module, name, None)
    if not callable(found):
        known = [one for one, value in vars(module).items() if callable(value) and not one.startswith("_")]
        raise DataError(f"--score: {path} has no function {name!r}; it has {', '.join(known) or 'none'}")
    return found  # type: ignore[no-any-return]
