from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from pytest_steering import Experiment, Intervention, Record, SteerableModel, SteeringVector
from pytest_steering.errors import DataError, ExpectationFailed
from pytest_steering.experiments.observation.reader_probe import probe_reader
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.limit import Limit
from pytest_steering.models.tokenisation import TemplatedText
from pytest_steering.tasks.prompting import message
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.scores import FunctionScore, repetition, word_list, words
from pytest_steering.tasks.text import TextTask
from tests.tasks.security.test_study_form import chatty

OPENINGS = ("The day was long", "NAME = 'A", "They all went home", "#define MAX", "It rained", "for each of")
PAIRS = (ContrastPair("INT MAIN", "int main", "m"), ContrastPair("RETURN X", "return x", "r"))


def capitals(_prompt: str, text: str) -> float | None:
    """Share of capitals."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(str.isupper, letters)) / len(letters) if letters else None


def samples(split: str = "test") -> list[Sample]:
    return [Sample(f"o{n}", text, group="ab"[n % 2], split=split) for n, text in enumerate(OPENINGS)]


def loud(**changes: Any) -> TextTask:
    data = [*samples(), *(replace(one, id=f"dev {one.id}") for one in samples("dev"))]
    usual = {"data": data, "score": capitals, "name": "loud", "guards": (), "pairs": PAIRS}
    return TextTask(**{**usual, **changes})


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(*rows: dict[str, Any]) -> Path:
        path = tmp_path / "openings.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return written


@pytest.fixture
def vector(starcoder2: SteerableModel) -> SteeringVector:
    return SteeringVector.from_contrast(starcoder2, ["INT MAIN"], ["int main"], [1, 2])


def test_a_file_of_prompts_is_a_task(write: Callable[..., Path]) -> None:
    path = write({"id": 1, "prompt": "It rained", "split": "dev"}, {"prompt": "I saw", "split": "test"})
    task = TextTask.from_file(path, capitals, pairs=PAIRS)
    assert [(one.id[:6], one.text, one.split) for one in task.data] == [
        ("1", "It rained", "dev"),
        ("prompt", "I saw", "test"),
    ]
    assert (task.name, task.main_metric) == ("openings", "capitals")
    assert task.notes[0] == "2 prompts; groups: none"


def test_without_guards_of_its_own_a_task_has_the_usual_ones_and_an_empty_list_is_none() -> None:
    usual = loud(guards=None)
    assert [one.name for one in usual.guards or ()] == ["repetition", "words", "surprise"]
    assert [one.name for one in usual.scores] == ["capitals", "repetition", "words", "surprise"]
    assert [one.name for one in TextTask(samples(), words()).guards or ()] == ["repetition", "surprise"]
    assert loud(guards=()).guards == ()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"text": "a"}], r"line 1: field 'prompt' is missing; found 'text'"),
        ([{"prompt": 7}], r"line 1: field 'prompt' is 7, expected text that is not empty"),
        ([{"prompt": "a", "id": 1}, {"prompt": "b", "id": 1}], r"1 id stands more than once \(1\)"),
        ([{"prompt": "a", "split": "dev"}, {"prompt": "b"}], r"line 2: field 'split' is missing"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(
    write: Callable[..., Path], rows: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        TextTask.from_file(write(*rows), capitals)


def test_no_training_prompts_are_missed_where_pairs_are_given(write: Callable[..., Path]) -> None:
    path = write({"prompt": "a", "split": "dev"}, {"prompt": "b", "split": "test"})
    with pytest.warns(UserWarning, match="there is no split 'train'"):
        TextTask.from_file(path, capitals)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        TextTask.from_file(path, capitals, pairs=PAIRS)


def test_a_score_stands_in_a_task_once_and_a_guard_has_a_limit() -> None:
    with pytest.raises(DataError, match="each once; it was given capitals, capitals"):
        TextTask(samples(), [capitals, capitals], guards=())
    with pytest.raises(DataError, match="at least one score"):
        TextTask(samples(), [], guards=())
    with pytest.raises(DataError, match="a guard is a score with a limit, and the score 'short' has none"):
        loud(guards=[FunctionScore("short", of=capitals)])


def test_a_score_that_goes_by_the_name_of_a_metric_is_refused(starcoder2: SteerableModel) -> None:
    def accuracy(_prompt: str, _text: str) -> float:
        return 1.0

    with pytest.raises(DataError, match="the score 'accuracy' has the name of a metric"):
        _ = Experiment(starcoder2, TextTask(samples(), accuracy, guards=())).questions


def test_a_model_goes_on_from_a_prompt_as_it_stands_and_words_come_before_it() -> None:
    task = loud()
    assert task.ask(samples()[:1])[0].prompt == "The day was long"
    assert task.ask(samples()[:1], "Shout.")[0].prompt == "Shout.\n\nThe day was long"
    assert task.ask(samples()[:1], tokenizer=chatty())[0].prompt == "The day was long"


def test_in_a_chat_the_template_writes_all_tokens_and_none_is_added() -> None:
    from pytest_steering.models.tokenisation import TokenMemory

    tokenizer = chatty()
    (asked,) = loud(chat=True, system="Be brief.").ask(samples()[:1], "Shout.", tokenizer)
    assert asked.prompt == ("<s><system>Be brief.</system><user>Shout.\n\nThe day was long</user><assistant>")
    assert isinstance(asked.prompt, TemplatedText)
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Shout.\n\nThe day was long"},
    ]
    own = tokenizer.apply_chat_template(messages, add_generation_prompt=True)
    assert TokenMemory(tokenizer).ids([asked.prompt]) == [
        list(own["input_ids"] if hasattr(own, "keys") else own)
    ]


def test_a_conversation_is_answered_at_its_end() -> None:
    said = (message("user", "Hi"), message("assistant", "Hello"), message("user", "Go on"))
    task = loud()
    (asked,) = task.ask([Sample("c", messages=said)], "Shout.", chatty())
    assert asked.prompt.endswith("<assistant>Hello</assistant><user>Shout.\n\nGo on</user><assistant>")
    assert loud(data=[Sample("c", messages=said)]).rendering(chatty()) == "chat template"
    assert task.rendering(chatty()) == "plain text"


def test_every_answer_has_every_score_and_failures_are_its_own() -> None:
    def moody(_prompt: str, text: str) -> float | None:
        if text == "sad":
            raise ValueError("too sad")
        return None if text == "?" else 1.0

    task = TextTask(samples(), [capitals, moody], guards=[repetition()])
    asked = task.ask(samples()[:4])
    found = task.read_all(["Hi", "sad", "?", "Oh no"], asked, None)  # type: ignore[arg-type]
    assert [one.scores["moody"] for one in found] == [1.0, None, None, 1.0]
    assert [one.faults for one in found] == [{}, {"moody": "raised ValueError: too sad"}, {}, {}]
    assert [one.scores["capitals"] for one in found] == [0.5, 0.0, None, 0.25]


def test_a_score_of_ones_own_that_loses_an_answer_is_refused() -> None:
    class Forgetful(FunctionScore):
        def of_all(self, written: Any, model: Any = None) -> Any:
            return super().of_all(written[1:], model)

    task = TextTask(samples(), Forgetful("forgetful", of=capitals), guards=())
    with pytest.raises(DataError, match="returned 3 results for 4 answers"):
        task.read_all(["a", "b", "c", "d"], task.ask(samples()[:4]), None)  # type: ignore[arg-type]


def test_thoughts_are_not_scored_and_an_answer_that_never_leaves_them_has_no_score() -> None:
    task = loud(skip_thinking=True)
    texts = ["<think>NO</think>yes", "<think>NO NO", "yes"]
    found = task.read_all(texts, task.ask(samples()[:3]), None)  # type: ignore[arg-type]
    assert [one.scores for one in found] == [{"capitals": 0.0}, {"capitals": None}, {"capitals": 0.0}]


def test_known_answers_test_the_score() -> None:
    right = loud(known_answers=[("LOUD", 0.9, 1.0), ("quiet", 0.0, 0.1)])
    assert probe_reader(right) == {"asked": 2, "wrong": []}
    assert probe_reader(loud(known_answers=[("LOUD", 0.0, 0.1)]))["wrong"] == ["LOUD"]


def test_pairs_that_are_given_are_used_and_words_make_them_of_training_prompts(
    starcoder2: SteerableModel,
) -> None:
    assert Experiment(starcoder2, loud()).contrast_pairs() == list(PAIRS)
    training = [replace(one, split="train", text=f"{one.text}, he said") for one in samples()]
    spoken = loud(data=[*samples(), *training], pairs=(), words="Shout.")
    made = Experiment(starcoder2, spoken).contrast_pairs(3)
    assert [(one.positive, one.contrast) for one in made] == [
        (f"Shout.\n\n{one.negative}", "words − none") for one in made
    ]
    with pytest.raises(DataError, match="makes no contrast pairs"):
        Experiment(starcoder2, loud(data=[*samples(), *training], pairs=())).contrast_pairs()


def test_a_run_has_its_scores_in_record_table_and_expectation(
    starcoder2: SteerableModel, vector: SteeringVector
) -> None:
    records: list[Record] = []
    long = FunctionScore("length", of=lambda _prompt, text: len(text), limit=Limit(least=0))
    task = loud(guards=[long])
    experiment = Experiment(starcoder2, task, max_new_tokens=8, name="loud", sink=records.append)
    result = experiment.run(Intervention(vector, [2], 1.0), controls=("random", "negated"))
    (untested,) = (one for one in result.findings if one.id == "specificity-untested")
    assert "3 random arms allow no p below 0.25" in untested.sentence
    for record in records:
        assert record.evidence["main_metric"] == "capitals"
        assert record.evidence["guards"] == ["length"]
        assert [one.scores["capitals"] for one in record.outcomes] == [
            capitals("", one.response) for one in record.outcomes
        ]
        assert record.metrics["capitals"] == result[record.arm]["capitals"]
    both = [
        (one.scores["capitals"], other.scores["capitals"])
        for one, other in result.steered.against(result.unsteered).pairs
    ]
    change = fmean(after - before for before, after in both if before is not None and after is not None)
    with pytest.raises(ExpectationFailed, match=re.escape(f"found {change:+.4g}")):
        result.expect("capitals").rises(by=2.0)


def test_a_search_takes_the_furthest_point_whose_answers_are_text(
    starcoder2: SteerableModel, vector: SteeringVector
) -> None:
    records: list[Record] = []
    guard = FunctionScore("quiet", of=capitals, limit=Limit(most=0.5))
    task = loud(guards=[guard])
    experiment = Experiment(starcoder2, task, max_new_tokens=8, name="loud", sink=records.append)
    choice = experiment.search(vector, scales=[0.25, 1.0])
    kept = [point for point in choice.curve if point.kept]
    assert (choice.layer, choice.scale) in {(point.layer, point.scale) for point in kept}
    assert max(point.score or 0.0 for point in kept) == next(
        point.score for point in kept if (point.layer, point.scale) == (choice.layer, choice.scale)
    )
    assert [one.metrics["capitals"] for one in records] == [point.score for point in choice.curve]
    again = Experiment(
        starcoder2, task, max_new_tokens=8, name="loud", finished={one.key: one for one in records}
    )
    # By its text: a number that a task has not is NaN, which from Python 3.13 on equals not even itself here.
    found = again.search(vector, scales=[0.25, 1.0])
    assert (repr(found), repr(found.curve)) == (repr(choice), repr(choice.curve))
    lower = experiment.search(vector, scales=[0.25, 1.0], toward="lower")
    assert min(point.score or 0.0 for point in kept) == next(
        point.score for point in kept if (point.layer, point.scale) == (lower.layer, lower.scale)
    )


def test_a_search_in_which_every_answer_breaks_is_refused(
    starcoder2: SteerableModel, vector: SteeringVector
) -> None:
    broken = FunctionScore("whole", of=lambda _prompt, _text: 0.0, limit=Limit(least=1.0))
    experiment = Experiment(starcoder2, loud(guards=[broken]), max_new_tokens=2)
    with pytest.raises(
        DataError,
        match=r"2 break the guards: .* 100% of the answers are broken",
    ):
        experiment.search(vector, layers=[1], scales=[0.5, 1.0])


def test_the_words_that_a_score_counts_are_marked_in_the_whole_answer() -> None:
    task = loud(skip_thinking=True, score=word_list(["yes"], "agrees"))
    texts = ["<think>yes</think> \n oh yes", "<think>yes", "yes", "no"]
    found = task.read_all(texts, task.ask(samples()[:4]), None)  # type: ignore[arg-type]

    assert [one.spans for one in found] == [{"agrees": [(24, 27)]}, {}, {"agrees": [(0, 3)]}, {}]
    assert texts[0][24:27] == "yes"


def test_a_score_given_by_name_is_told_how_one_is_made(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"prompt": "a"}\n')

    with pytest.raises(DataError, match=r"'sentimant' is no score; .* as scores\.sentiment\(\)"):
        TextTask.from_file(tmp_path / "p.jsonl", "sentimant")  # type: ignore[arg-type]
