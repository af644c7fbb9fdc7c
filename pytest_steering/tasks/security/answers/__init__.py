"""What did the model answer? An answer's text becomes `yes`, `no` or `none`."""

from pytest_steering.tasks.reading.answer import Answer, Reader, Verdict
from pytest_steering.tasks.security.answers.keywords import KeywordReaderWarning
from pytest_steering.tasks.security.answers.readers import READERS, read_answer, reader_named, register_reader

__all__ = [
    "READERS",
    "Answer",
    "KeywordReaderWarning",
    "Reader",
    "Verdict",
    "read_answer",
    "reader_named",
    "register_reader",
]
