"""Where in an answer a sentence stands: before the next question, and under which heading."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_steering.tasks.security.answers.sentences import Sentence
from pytest_steering.tasks.security.answers.statements import CLAIM, Statement

_STATES = {"there": 1, "yes": 1, "absent": -1, "no": -1}


def until_next_question(sentences: Iterable[Sentence]) -> list[Sentence]:
    """Return the sentences up to a question that follows an explicit verdict: what answers it is not ours."""
    read: list[Sentence] = []
    answered = False
    for sentence in sentences:
        if answered and sentence.asks:
            break
        aside = bool(read) and read[-1].asks and not _asks_for_weakness(read[-1])
        answered |= sentence.head is not None and not aside
        read.append(sentence)
    return read


def _asks_for_weakness(question: Sentence) -> bool:
    return question.echoes or any(one.keys or one.strength >= CLAIM for one in question.statements)


def topics_of(sentences: list[Sentence]) -> list[frozenset[str]]:
    """Return the weaknesses of the heading that each sentence stands under; a conclusion is under none."""
    topics, topic = [], frozenset[str]()
    for sentence in sentences:
        if sentence.topic is not None or sentence.final:
            topic = sentence.topic or frozenset()
        topics.append(topic)
    return topics


def statements_under(sentence: Sentence, topic: frozenset[str]) -> Iterable[Statement]:
    """Return a sentence's statements, its verdict among them, each of what it names or the heading does."""
    if not topic:
        return sentence.statements
    head = sentence.head
    verdict = () if head is None else (Statement(_STATES[head.word], CLAIM, topic, head.start, head.end),)
    return (*verdict, *(one if one.keys else one._replace(keys=topic) for one in sentence.statements))
