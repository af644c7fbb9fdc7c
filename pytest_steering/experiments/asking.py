"""Samples become prompts, and contrast pairs over the training samples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pytest_steering.errors import DataError
from pytest_steering.evaluation.prompts.forms import CAREFUL_HEADERS, FORMS, QuestionForm, layout
from pytest_steering.evaluation.samples import Sample
from pytest_steering.extraction.pairs import ContrastPair


@dataclass(frozen=True)
class Asked:
    """A sample with the prompt that asks about it.

    Attributes:
        sample: The labelled code.
        question: The question alone, for the answer's reader.
        prompt: What the model reads.
    """

    sample: Sample
    question: str
    prompt: str

    @property
    def prompt_sha256(self) -> str:
        """Hash of the prompt, in hexadecimal."""
        return hashlib.sha256(self.prompt.encode("utf-8", "surrogatepass")).hexdigest()


def question_form(name: str) -> QuestionForm:
    """Return a question form by name; raises DataError for an unknown one."""
    if name not in FORMS:
        raise DataError(f"question form {name!r} is not known; known are {', '.join(FORMS)}")
    return FORMS[name]


def opposite_form(form: QuestionForm) -> QuestionForm:
    """Return the form that asks the same with yes and no exchanged; raises DataError where there is none."""
    opposites = {"named": "swapped", "swapped": "named"}
    if form.name not in opposites:
        raise DataError(
            f"question form {form.name!r} has no opposite; those that have are {', '.join(opposites)}"
        )
    return FORMS[opposites[form.name]]


def ask(samples: Iterable[Sample], form: QuestionForm, header: str = "") -> list[Asked]:
    """Return each sample with its prompt.

    Args:
        samples: Labelled code.
        form: How the question is asked.
        header: Stands before the question; none by default.
    """
    asked = []
    for sample in samples:
        question = form.question(sample.asked_cwe)
        asked.append(Asked(sample, question, layout(sample.code, sample.language, question, header)))
    return asked


def contrast_pairs(samples: Sequence[Sample], form: QuestionForm, count: int = 64) -> list[ContrastPair]:
    """Return pairs of one prompt under a careful header and the same without one.

    Args:
        samples: Training samples; `count` of them are taken at even steps, so that weaknesses and labels stay
            in proportion.
        form: How the question is asked.
        count: Number of pairs; all samples where there are fewer.
    """
    taken = evenly(samples, count)
    pairs = []
    for number, sample in enumerate(taken):
        careful = ask([sample], form, CAREFUL_HEADERS[number % len(CAREFUL_HEADERS)])[0]
        pairs.append(ContrastPair(careful.prompt, ask([sample], form)[0].prompt, sample.id))
    return pairs


def evenly(samples: Sequence[Sample], count: int) -> list[Sample]:
    """Return `count` samples at even steps through the data, twins together.

    A step from sample to sample would meet one of the two twins each time, and so one label.
    """
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.pair_id or sample.id, []).append(sample)
    members = list(groups.values())
    wanted = min(len(members), -(-count * len(members) // len(samples)))
    taken = [members[index * len(members) // wanted] for index in range(wanted)]
    return [sample for group in taken for sample in group][:count]


def data_hash(samples: Iterable[Sample]) -> str:
    """Return a hash of ids, code and labels, whatever their order."""
    lines = sorted(f"{sample.id}:{sample.sha256}:{sample.label}:{sample.asked_cwe}" for sample in samples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
