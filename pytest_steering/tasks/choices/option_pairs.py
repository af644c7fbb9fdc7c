"""Contrast pairs of choices: one question with the wanted answer and with another one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.tasks.choices.item import Choice, wanted_answers
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.sample_selection import evenly

ANSWERS = "wanted − other"

_SIGNS_BEHIND = re.compile(r"[^\w]+$")


def balanced(samples: Sequence[Sample], count: int) -> list[Sample]:
    """Return samples of which each answer is wanted as often as there are samples for it.

    A step from sample to sample through data whose answers take turns would meet one answer each time.

    Args:
        samples: To choose from.
        count: How many are wanted.
    """
    by_answer: dict[str, list[Sample]] = {}
    for sample, answer in zip(samples, wanted_answers(samples), strict=True):
        by_answer.setdefault(answer, []).append(sample)
    each = -(-count // max(1, len(by_answer)))
    taken = [evenly(own, min(each, len(own))) for own in by_answer.values()]
    turns = [own[turn] for turn in range(each) for own in taken if turn < len(own)]
    return turns[:count]


def answer_pairs(
    samples: Sequence[Sample], prompt: Callable[[Choice], str], begun: str
) -> list[ContrastPair]:
    """Return the question with the wanted answer (positive) and with the next option (negative).

    The text ends with the answer's last letter or word, where a state is read; signs behind it are cut. Of
    both orders of listed options the one is taken whose letter was wanted less often so far.

    Args:
        samples: Training samples.
        prompt: Makes a prompt of a choice.
        begun: How the answer begins, which the prompt holds already.
    """
    pairs: list[ContrastPair] = []
    wanted: Counter[str] = Counter()
    for sample in samples:
        ways = [Choice.of(sample), Choice.of(sample).turned()]
        choice = min(ways, key=lambda one: wanted[one.options[one.wanted]])
        wanted[choice.options[choice.wanted]] += 1
        answers, asked = choice.going_on(begun), prompt(choice)
        positive, negative = (
            asked + _SIGNS_BEHIND.sub("", one) for one in (answers.wanted, answers.others[0])
        )
        pairs.append(ContrastPair(positive, negative, sample.id, ANSWERS))
    return pairs
