"""Honest experiments on tasks of one's own: open text, choices, verdicts, and a length that is the aim."""

from __future__ import annotations

from pathlib import Path

from benchmarks.audit.case import Case, claiming
from benchmarks.audit.own_tasks import choices, openings, verdicts
from benchmarks.audit.scripted import writing
from benchmarks.audit.text_form import fullness, half_unreadable, longer, readable, rises
from benchmarks.audit.workbench import careful, experiment
from pytest_steering import Result, scores


def secure(_prompt: str, text: str) -> float:
    """Whether an answer says that the code is secure."""
    return float("secure" in text.lower())


def own_score(_folder: Path) -> Result:
    return experiment(task=openings(secure)).run(careful())


def own_choices(folder: Path) -> Result:
    return experiment(task=choices(folder)).run(careful())


def own_verdicts(folder: Path) -> Result:
    return experiment(task=verdicts(folder)).run(careful())


def length_is_the_aim(_folder: Path) -> Result:
    """Longer answers are what somebody steers for."""
    with writing(longer, lambda _prompt, _text: " It was."):
        return experiment(task=openings(fullness, scores.repetition())).run(careful())


def readability_is_the_aim(_folder: Path) -> Result:
    """Answers that can be read are what somebody steers for."""
    with writing(readable, half_unreadable):
        return experiment().run(careful())


def margin_rises(result: Result) -> None:
    """Claim that the wanted option becomes likelier."""
    result.expect("margin").rises()


def fewer_say_yes(result: Result) -> None:
    """Claim that the question is answered by yes less often."""
    result.expect("margin").drops()


def more_answers(result: Result) -> None:
    """Claim that more answers can be read."""
    result.expect("answered_share").rises(by=0.2)


HONEST_TASKS = (
    Case("a score of one's own", claiming(own_score, rises)),
    Case("choices", claiming(own_choices, margin_rises)),
    Case("verdicts of one's own", claiming(own_verdicts, fewer_say_yes)),
    Case("length is the aim", claiming(length_is_the_aim, rises)),
    Case("readability is the aim", claiming(readability_is_the_aim, more_answers)),
)
