"""Answers whose form does what their content is said to do; a script writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.audit.case import Case, claiming
from benchmarks.audit.own_tasks import openings
from benchmarks.audit.scripted import Script, as_it_is, writing
from benchmarks.audit.workbench import careful, experiment, improves
from pytest_steering import Result

MORE = ("and nobody came", "until late", "so that we talked", "about every film", "there ever was")
UNREADABLE = "Let me think about what this code does."


def on_twins(steered: Script, unsteered: Script = as_it_is) -> Callable[[Path], Result]:
    """Return a run over the twins in which scripts write the answers.

    Args:
        steered: What is written under the vector.
        unsteered: What is written without.
    """

    def run(_folder: Path) -> Result:
        with writing(steered, unsteered):
            return experiment().run(careful(), controls=())

    return run


def on_openings(steered: Script, score: Callable[[str, str], float]) -> Callable[[Path], Result]:
    """Return a run of open prompts in which a script writes what is scored.

    Args:
        steered: What is written under the vector.
        score: Of the task.
    """

    def run(_folder: Path) -> Result:
        with writing(steered, lambda prompt, _text: _said_of(prompt)):
            return experiment(task=openings(score)).run(careful(), controls=())

    return run


def readable(prompt: str, text: str) -> str:
    """The judgement of the model itself, of code of all sorts."""
    return " Secure." if _number(prompt) % 2 else text


def half_unreadable(prompt: str, text: str) -> str:
    """The same judgement, which half of the answers do not come to."""
    return UNREADABLE if _number(prompt) % 3 else readable(prompt, text)


def echoing(prompt: str, text: str) -> str:
    """The question over again, several times, and then the verdict."""
    question = prompt.rpartition("### Question: ")[2].partition("\n")[0]
    return f"{' '.join([question] * 4)} {text.strip()}"


def hesitating(prompt: str, text: str) -> str:
    """An answer to what is easy, and none to what is not."""
    return text if _number(prompt) % 2 else UNREADABLE


def longer(prompt: str, _text: str) -> str:
    """The same sentence, with more and more of no matter what behind it."""
    return " ".join([_said_of(prompt), *MORE[: 1 + _number(prompt) % len(MORE)]])


def shorter(prompt: str, _text: str) -> str:
    """The beginning of the same sentence."""
    return " ".join(_said_of(prompt).split()[: 1 + _number(prompt) % 4])


def otherwise(prompt: str, _text: str) -> str:
    """Another sentence, as long as the first."""
    return _said_of(prompt).replace("long", "short").replace("river", "wood")


def praising(_prompt: str, _text: str) -> str:
    """One word of praise, over and over."""
    return " wonderful" * 24


def fullness(_prompt: str, text: str) -> float:
    """How much is said, as a score of care."""
    return float(len(text.split()))


def brevity(_prompt: str, text: str) -> float:
    """How little is said, as a score of confidence."""
    return 1.0 / (1.0 + len(text.split()))


def praise(_prompt: str, text: str) -> float:
    """How often something is called wonderful."""
    return float(text.count("wonderful"))


def by_the_prompt(prompt: str, text: str) -> float:
    """A score that looks at the prompt, and at the answer only to see that it is another one."""
    return float(_number(prompt) % 5) * (text != _said_of(prompt))


def rises(result: Result) -> None:
    """Claim that the score is higher."""
    result.expect(result.comparison.main_metric).rises()


def answered_alone(result: Result) -> None:
    """Claim what the answers show that could be read."""
    result.expect("accuracy_answered").improves()


def _number(prompt: str) -> int:
    return sum(map(ord, prompt))


def _said_of(prompt: str) -> str:
    return f" It was a long day in room {_number(prompt)} of the old house by the river"


TEXT_FORM = (
    Case(
        "readability alone",
        claiming(on_twins(readable, half_unreadable), improves),
        ("answered-share-low",),
    ),
    Case("echo plus verdict", claiming(on_twins(echoing), improves), ("outputs-repeat", "outputs-length")),
    Case("abstentions hidden", claiming(on_twins(hesitating), answered_alone), ("answered-share-low",)),
    Case(
        "text longer",
        claiming(on_openings(longer, fullness), rises),
        ("score-follows-form", "outputs-length"),
    ),
    Case(
        "text shorter",
        claiming(on_openings(shorter, brevity), rises),
        ("score-follows-form", "outputs-length"),
    ),
    Case(
        "one word over and over",
        claiming(on_openings(praising, praise), rises),
        ("texts-broken", "outputs-repeat"),
    ),
    Case(
        "a score of the prompt",
        claiming(on_openings(otherwise, by_the_prompt), rises),
        ("score-reads-prompt",),
        missed="nobody looks whether a score would be the same of other answers",
    ),
)
