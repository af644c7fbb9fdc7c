"""The readers by name, and the one call that reads an answer."""

from __future__ import annotations

from pytest_steering.errors import DataError, did_you_mean
from pytest_steering.tasks.reading.answer import Answer, Reader
from pytest_steering.tasks.security.answers.keywords import read_keywords
from pytest_steering.tasks.security.answers.text_reader import read_text

READERS: dict[str, Reader] = {"text": read_text, "keywords": read_keywords}


def register_reader(name: str, reader: Reader) -> None:
    """Make a reader known by name, for instance one that asks a judge model.

    Raises:
        DataError: Another reader has that name already.
    """
    if READERS.get(name, reader) is not reader:
        raise DataError(
            f"a reader named {name!r} is registered already; register this one under another name"
        )
    READERS[name] = reader


def read_answer(text: str, question: str | None = None, reader: str | Reader = "text") -> Answer:
    """Read whether an answer says that the asked property is present.

    Args:
        text: The answer as the model gave it.
        question: The question as asked; names the asked property and its polarity. Without it the answer is
            read as one to "is this code vulnerable?".
        reader: Name of a registered reader, or a callable `(text, question) -> Answer`.

    Raises:
        DataError: No reader of that name is registered.
    """
    return (reader if callable(reader) else reader_named(reader))(text, question)


def reader_named(name: str) -> Reader:
    """Return a reader by name; raises DataError where none has that name."""
    if name not in READERS:
        known = f"{did_you_mean(name, READERS)}known are {', '.join(sorted(READERS))}"
        raise DataError(f"no answer reader is named {name!r}; {known}")
    return READERS[name]
