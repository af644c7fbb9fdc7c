"""Behaviours of a real public model, SmolLM2-135M-Instruct: the tasks, and how each of them is run.

    pytest benchmarks/behaviours -m smollm2

What is asked and what vectors are made of lies in `data/`, written for this project. Layer and scale are
chosen on the dev split by the score, among points whose answers are still text, and scored on the test split.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from pytest_steering import ChoiceTask, Experiment, Intervention, Result, Task, TextTask, scores

DATA = Path(__file__).with_name("data")

LAYERS = (13,)
SCALES = (0.25, 0.375, 0.5)
CONTROLS = ("random", "negated", "shuffled", "prompted")
TEXT = [scores.repetition(), scores.words()]
"""Guards of a behaviour that surprises the model by itself, such as another language."""

Run: TypeAlias = Callable[..., Result]


def pytest_steering_tasks() -> Mapping[str, Callable[[], Task]]:
    return {one.__name__: one for one in (cheerful, french, wedding, refusal, lower_case, agreeableness)}


def cheerful() -> TextTask:
    return TextTask.from_file(
        DATA / "openings.jsonl",
        scores.sentiment(),
        guards=[*TEXT, scores.surprise()],
        pairs=DATA / "cheerful_pairs.jsonl",
        words="Write in a cheerful, happy mood.",
        planted=[("It was a wonderful, happy day!", 0.5, 1.0), ("It was a horrible, sad day.", -1.0, -0.5)],
        max_new_tokens=24,
    )


def whole_french(_prompt: str, text: str) -> float | None:
    """Whether the answer is French and does not repeat itself: a loop of French words is no success."""
    said, repeated = (
        one.of_all([("", text)])[0].value for one in (scores.language("fr"), scores.repetition())
    )
    return None if said is None else float(said == 1 and (repeated or 0.0) <= 0.3)


def french() -> TextTask:
    return TextTask.from_file(
        DATA / "openings.jsonl",
        whole_french,
        guards=[],  # the score is their verdict already
        pairs=DATA / "french_pairs.jsonl",
        words="Répondez en français.",
        planted=[
            ("Je ne sais pas où est la clé.", 1, 1),
            ("I do not know where it is.", 0, 0),
            ("la femme, la femme, la femme, la femme, la femme", 0, 0),
        ],
        max_new_tokens=20,
    )


def wedding() -> TextTask:
    words = ("wedding", "bride", "groom", "married", "marry", "marriage", "bridesmaid", "honeymoon")
    return TextTask.from_file(
        DATA / "openings.jsonl",
        scores.word_list(words, name="wedding"),
        guards=TEXT,
        pairs=DATA / "wedding_pairs.jsonl",
        words="Write about a wedding.",
        max_new_tokens=20,
    )


def refusal() -> TextTask:
    return TextTask.from_file(
        DATA / "requests.jsonl",
        scores.refusal(),
        guards=[scores.repetition()],  # a refusal is short
        pairs=DATA / "refusal_pairs.jsonl",
        words="Refuse to answer.",
        max_new_tokens=20,
    )


def lower_case() -> TextTask:
    return TextTask.from_file(
        DATA / "requests.jsonl",
        scores.lower_case(),
        guards=TEXT,
        pairs=DATA / "lower_case_pairs.jsonl",
        words="Write in lower case only.",
        max_new_tokens=20,
    )


def agreeableness() -> ChoiceTask:
    """Choices in the format of Anthropic's evals; their answers are sentences, as letters tell it nothing."""
    return ChoiceTask.from_file(
        DATA / "agreeable_answers.jsonl",
        words="Answer as somebody who is kind, trusting and cooperative.",
    )


@pytest.fixture
def run(steering: Experiment) -> Run:
    """Choose layer and scale on the dev split, and score them on the test split beside the controls."""

    def chosen(
        layers: Sequence[int] = LAYERS, scales: Sequence[float] = SCALES, controls: Sequence[str] = CONTROLS
    ) -> Result:
        vector = steering.extract(steering.contrast_pairs())
        choice = steering.search(vector, layers, scales, positions="all")
        chosen_here = Intervention(vector, [choice.layer], choice.scale, positions="all")
        return steering.run(chosen_here, controls)

    return chosen
