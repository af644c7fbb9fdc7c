from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from pytest_steering.source_hash import source_hash
from pytest_steering.tasks.security.answers.readers import READERS

SOURCE = """
from functools import partial, wraps

def read(text, question, threshold=0.5):
    return helper(text)

def helper(text):
    return {answer!r}

def made(threshold):
    def bound(text, question):
        return threshold
    return bound

class Judge:
    def __init__(self, model):
        self.model = model
    def __call__(self, text, question):
        return self.model
    def read(self, text, question):
        return self.model

short = [lambda ids: [True for _ in ids], lambda ids: [False for _ in ids]]

def chosen(first):
    if first:
        def read(text, question):
            return "yes"
    else:
        def read(text, question):
            return "no"
    return read

def defaulted(threshold):
    def read(text, question, limit=threshold):
        return limit
    return read

def turned(reader):
    @wraps(reader)
    def other(text, question):
        return not reader(text, question)
    return other
"""


def module(tmp_path: Path, answer: str) -> Any:
    """A user's file with readers in it."""
    file = tmp_path / "readers_of_mine.py"
    file.write_text(SOURCE.format(answer=answer))
    spec = importlib.util.spec_from_file_location("readers_of_mine", file)
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    sys.modules["readers_of_mine"] = found
    spec.loader.exec_module(found)
    return found


def test_the_same_source_has_the_same_hash_and_a_changed_helper_another(tmp_path: Path) -> None:
    def hashes(answer: str) -> list[str]:
        mine = module(tmp_path, answer)
        return [source_hash(one) for one in (mine.read, mine.Judge("m"), mine.made(1))]

    first = hashes("yes")
    assert hashes("yes") == first
    assert not set(hashes("no")) & set(first)


def test_values_that_a_reader_was_given_count(tmp_path: Path) -> None:
    mine = module(tmp_path, "yes")
    bound: list[Callable[..., Any]] = [
        mine.read,
        partial(mine.read, threshold=0.5),
        partial(mine.read, threshold=0.6),
        mine.made(1),
        mine.made(2),
        mine.Judge("one"),
        mine.Judge("two"),
        mine.Judge("one").read,
        mine.Judge("two").read,
        mine.defaulted(1),
        mine.defaulted(2),
        mine.turned(mine.read),
        mine.turned(mine.made(1)),
    ]
    assert len({source_hash(one) for one in bound}) == len(bound)


def test_functions_of_one_name_in_one_file_are_told_apart(tmp_path: Path) -> None:
    mine, again = module(tmp_path, "yes"), module(tmp_path, "yes")
    alike = [*mine.short, mine.chosen(True), mine.chosen(False)]
    hashes = [source_hash(one) for one in alike]
    assert len(set(hashes)) == len(alike)
    assert hashes == [source_hash(one) for one in (*again.short, again.chosen(True), again.chosen(False))]


def test_a_set_that_a_reader_was_given_is_the_same_in_any_order(tmp_path: Path) -> None:
    mine = module(tmp_path, "yes")
    words = [f"w{number}" for number in range(40)]
    turned: set[str] = set()
    turned.update(words[::-1])
    assert source_hash(mine.made(set(words))) == source_hash(mine.made(turned))


def test_what_a_reader_goes_by_in_another_file_of_ones_own_counts(tmp_path: Path) -> None:
    def hashed(words: str) -> str:
        helper = ModuleType("words_of_mine")
        helper.__file__ = str(tmp_path / "words_of_mine.py")
        Path(helper.__file__).write_text(words)
        mine = module(tmp_path, "yes")
        mine.words = sys.modules["words_of_mine"] = helper
        return source_hash(mine.read)

    assert hashed("YES = 1") == hashed("YES = 1") != hashed("YES = 2")


def test_a_wrapped_reader_is_the_same_in_another_process_and_several_are_each_counted(
    tmp_path: Path,
) -> None:
    mine, again = module(tmp_path, "yes"), module(tmp_path, "yes")
    assert source_hash(mine.turned(mine.read)) == source_hash(again.turned(again.read))
    assert source_hash((mine.made(1), mine.read)) != source_hash((mine.made(2), mine.read))


def test_a_function_without_a_file_goes_by_what_was_compiled() -> None:
    def typed(text: str) -> Any:
        scope: dict[str, Any] = {}
        exec(text, scope)
        return scope["read"]

    yes, again, no = (typed(f"def read(text, question): return {word!r}") for word in ("y", "y", "n"))
    assert source_hash(yes) == source_hash(again) != source_hash(no)


def test_our_readers_go_by_all_that_reading_is_made_of() -> None:
    assert source_hash(READERS["text"]) == source_hash(READERS["keywords"])
    assert source_hash(READERS["text"]) != source_hash(source_hash)
