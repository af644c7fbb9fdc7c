from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pytest_steering import Experiment, Record, Sample, SteerableModel, TextTask
from pytest_steering.experiments import wording_choice
from pytest_steering.experiments.wording_choice import WordingChoice, choose_words
from pytest_steering.records import from_line, to_line
from pytest_steering.tasks.sample_selection import evenly
from pytest_steering.tasks.security.prompts.question_forms import CAREFUL_HEADERS, HASTY_HEADERS


def with_words(experiment: Experiment, *words: str) -> Experiment:
    task = replace(experiment.questions.task)  # type: ignore[type-var]
    object.__setattr__(task, "words", words)
    return replace(experiment, task=task, memo={})


def test_the_wording_that_is_right_most_often_on_dev_is_chosen(experiment: Experiment) -> None:
    wordings = (HASTY_HEADERS[0], CAREFUL_HEADERS[1], HASTY_HEADERS[1])
    chosen = choose_words(with_words(experiment, *wordings).context)
    questions, model = experiment.questions, experiment.model
    samples = evenly(questions.task.samples("dev"), wording_choice.SAMPLES)
    right = {}
    for words in wordings:
        prompts = [one.prompt for one in questions.ask(samples, words)]
        margins = model.choice_logprobs(prompts, [" Vulnerable", " Secure"], [None])[0]
        judged = [bool(yes > no) == (one.label == 1) for (yes, no), one in zip(margins, samples, strict=True)]
        right[words] = sum(judged) / len(judged)

    assert chosen.words == CAREFUL_HEADERS[1]
    assert dict(chosen.tried) == pytest.approx(right)
    assert right[CAREFUL_HEADERS[1]] > max(right[words] for words in HASTY_HEADERS[:2])


def test_one_wording_is_taken_as_it_is(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording_choice, "evaluate", None)
    assert choose_words(with_words(experiment, "Be strict.").context) == WordingChoice("Be strict.")


def test_nothing_is_chosen_on_the_scored_split(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording_choice, "evaluate", None)
    scored = replace(with_words(experiment, "Guess.", "Be strict."), split="dev")
    assert choose_words(scored.context) == WordingChoice("Guess.")


def test_a_run_that_is_gone_on_with_keeps_its_words(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = with_words(experiment, *CAREFUL_HEADERS)
    chosen = choose_words(asked.context)
    record = Record(
        {"intervention": {"header": chosen.words}},
        "prompted",
        environment={"weights": experiment.model.weights},
        provenance=chosen.told(),
    )
    monkeypatch.setattr(wording_choice, "evaluate", None)
    finished = replace(asked, finished={"key": from_line(to_line(record))}, memo={})
    assert choose_words(finished.context) == chosen


def test_of_written_answers_the_words_win_that_move_the_score_and_keep_to_the_guards(
    starcoder2: SteerableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [(split, number) for split in ("dev", "test") for number in range(4)]
    samples = [Sample(f"{split}{number}", f"Opening {number}", split=split) for split, number in both]
    task = TextTask(samples, _length, guards=[], words=("Short.", "Long, please.", "Middling."))
    said: list[str] = []

    def answered(_model: Any, task: TextTask, asked: Sequence[Any], arms: Any, **_more: Any) -> Any:
        (words,) = arms
        said.append(words)
        texts = [one.prompt for one in asked]
        outcomes = [_outcome(one.sample.id, len(text)) for one, text in zip(asked, texts, strict=True)]
        return type("Found", (), {"outcomes": {words: tuple(outcomes)}})

    monkeypatch.setattr(wording_choice, "evaluate", answered)
    chosen = choose_words(Experiment(starcoder2, task).context)
    assert chosen.words == "Long, please."
    assert said[1:] == list(task.wordings)


def _length(_prompt: str, text: str) -> float:
    return float(len(text))


def _outcome(name: str, score: int) -> Any:
    from pytest_steering.records import Outcome

    return Outcome(name, "", "", scores={"_length": float(score)}, tokens=1, response="x")
