"""What did the model answer? An answer's text becomes `yes`, `no` or `none`."""

from pytest_steering.evaluation.answers.answer import Answer, Reader, Verdict
from pytest_steering.evaluation.answers.keywords import KeywordReaderWarning
from pytest_steering.evaluation.answers.registry import READERS, read_answer, register_reader

__all__ = ["READERS", "Answer", "KeywordReaderWarning", "Reader", "Verdict", "read_answer", "register_reader"]
