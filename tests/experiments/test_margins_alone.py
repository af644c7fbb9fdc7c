"""Where no answer is to be written, none is: margins decide, and what is not there is not spoken of."""

from __future__ import annotations

import pytest

from pytest_steering import Asked, Experiment, Reading, Sample, SteerableModel, Task, evaluate
from pytest_steering.errors import DataError
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.experiments.observation.repetition import repeated
from pytest_steering.steering.intervention import Intervention


@pytest.fixture(scope="module")
def small() -> Experiment:
    return Experiment(SteerableModel.load("starcoder"), limit=6, max_new_tokens=0)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object, **_asked: object) -> None:
        raise AssertionError("an answer was written")

    monkeypatch.setattr(SteerableModel, "complete", refuse)


@pytest.mark.usefixtures("silent")
def test_a_verdict_is_the_sign_of_the_margin_and_nothing_is_written(small: Experiment) -> None:
    found = evaluate(small.model, small.questions.task, small.scored, {"unsteered": None}, max_new_tokens=0)
    (margins,) = likelihoods(small.model, small.scored, [None])
    for one, margin in zip(found.outcomes["unsteered"], margins, strict=True):
        assert one.margin == margin
        assert one.predicted == ("yes" if margin > 0 else "no")
        assert one.correct == (one.predicted == one.expected)
        assert (one.response, one.tokens, one.tokens_sha256, one.ended) == ("", 0, "", None)
        assert one.prompt_tokens > 0
    assert found.counts["generated_tokens"] == 0
    assert found.counts["rows"] == 6
    assert found.sharing["unsteered"] == "none: no answer is written"


@pytest.mark.usefixtures("silent")
def test_the_same_margins_twice_are_no_difference(small: Experiment) -> None:
    vector = small.extract(small.contrast_pairs(4))
    seen = repeated(small.model, Intervention(vector, [3], 1.0), 0, small.scored[:3])
    assert (seen["answers"], seen["differ"], seen["passes_differ"]) == (9, 0, 0)
    assert seen["passes"] > 0


@pytest.mark.usefixtures("silent")
def test_prompts_that_leave_no_room_for_an_answer_are_skipped(small: Experiment) -> None:
    long = [Asked(one.sample, one.prompt * 40, one.question, one.answers) for one in small.scored[:2]]
    arms = {"unsteered": None}
    found = evaluate(small.model, small.questions.task, [*long, small.scored[2]], arms, max_new_tokens=0)
    assert ["exceed the context" in one.skipped for one in found.outcomes["unsteered"]] == [True, True, False]


class Open(Task):
    """A task that asks for no answer in particular."""

    name = "open"

    def samples(self, split: str | None = None) -> list[Sample]:
        del split
        return [Sample("one", "Say something.")]

    def ask(self, samples: object, words: str = "", tokenizer: object = None) -> list[Asked]:
        del samples, words, tokenizer
        return [Asked(one, one.text) for one in self.samples()]

    def read(self, text: str, asked: Asked) -> Reading:
        del text, asked
        return Reading()


def test_a_task_without_answers_has_to_write(small: Experiment) -> None:
    task = Open()
    with pytest.raises(DataError, match="without answers, so there is nothing to score"):
        evaluate(small.model, task, task.ask([]), {"unsteered": None}, max_new_tokens=0)
