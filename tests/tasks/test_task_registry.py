"""Tasks by name: those of the package, those of a conftest, and what is said when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_steering import Asked, Experiment, Reading, Sample, SteerableModel, Task
from pytest_steering.errors import DataError
from pytest_steering.tasks.task_registry import find_task, register_task, withdraw_task


class Echo(Task):
    """Says whether an answer repeats the text."""

    def samples(self, split: str | None = None) -> list[Sample]:
        return [Sample("a", "one", 1, split=split or "test"), Sample("b", "two", 0, split=split or "test")]

    def ask(self, samples: object, words: str = "", tokenizer: object = None) -> list[Asked]:
        del samples, words, tokenizer
        return [Asked(one, one.text) for one in self.samples()]

    def read(self, text: str, asked: Asked) -> Reading:
        return Reading("yes" if asked.sample.text in text else "no")


@pytest.fixture
def offered() -> Iterator[Echo]:
    task = Echo()
    register_task("echo", task)
    yield task
    withdraw_task("echo")


def test_a_task_goes_by_the_name_that_it_was_offered_under(offered: Echo) -> None:
    assert find_task("echo").name == "echo"
    assert find_task("echo") is find_task("echo")
    assert offered.name == ""


def test_a_task_may_be_made_when_it_is_first_asked_for() -> None:
    made = []

    def make() -> Task:
        made.append(1)
        return Echo()

    register_task("late", make)
    try:
        assert not made
        assert find_task("late") is find_task("late")
        assert made == [1]
    finally:
        withdraw_task("late")


def test_what_is_no_task_is_named() -> None:
    with pytest.raises(DataError, match="'odd' is offered as a task and is 3; a Task was expected"):
        register_task("odd", 3)  # type: ignore[arg-type]
    register_task("odd", lambda: 3)  # type: ignore[arg-type,return-value]
    try:
        with pytest.raises(DataError, match="what makes the task 'odd' returned 3; a Task was expected"):
            find_task("odd")
    finally:
        withdraw_task("odd")


@pytest.mark.parametrize("name", ["echo", "twins"])
def test_a_name_is_one_tasks_alone(offered: Echo, name: str) -> None:
    with pytest.raises(DataError, match=f"a task named '{name}' is registered already"):
        register_task(name, Echo())


def test_an_unknown_name_names_those_that_are_known(offered: Echo) -> None:
    with pytest.raises(
        DataError,
        match=r"no task is named 'ecko'; did you mean 'echo'\? known are castle, echo, .*twins and hub:",
    ):
        find_task("ecko")


def test_any_name_with_a_path_is_a_file_of_labelled_code(tmp_path: Path) -> None:
    row = '{"id": "a", "code": "int x;", "language": "c", "label": 1, "asked_cwe": "CWE-787", "split": "dev"}'
    (tmp_path / "own.jsonl").write_text(row, encoding="utf-8")
    (sample,) = find_task("mine", paths={"mine": tmp_path / "own.jsonl"}).samples("dev")
    assert (sample.text, sample.group, sample.dataset) == ("int x;", "CWE-787", "mine")


def test_a_task_of_code_is_equal_to_itself_and_no_other_whatever_is_remembered() -> None:
    twins = find_task("twins")
    assert twins.key == find_task("twins").key
    others = [find_task("twins", form="named"), find_task("twins", contrast="code"), find_task("sven")]
    assert len({one.key for one in (twins, *others)}) == 4
    assert Echo().key != Echo().key


@pytest.mark.parametrize("said", [{"task": "echo"}, {"dataset": "echo"}])
def test_an_experiment_takes_a_name_in_either_word(
    starcoder2: SteerableModel, offered: Echo, said: dict[str, str]
) -> None:
    experiment = Experiment(starcoder2, **said)  # type: ignore[arg-type]
    assert [one.prompt for one in experiment.scored] == ["one", "two"]


def test_an_experiment_takes_a_task_that_has_no_name_anywhere(starcoder2: SteerableModel) -> None:
    experiment = Experiment(starcoder2, Echo())
    assert [one.sample.id for one in experiment.scored] == ["a", "b"]
    assert experiment.questions is experiment.questions


def test_what_is_read_as_something_else_than_a_reading_is_named_with_the_sample(
    starcoder2: SteerableModel,
) -> None:
    from pytest_steering.experiments.evaluation import evaluate

    class Odd(Echo):
        def __init__(self, found: object) -> None:
            self.found = found

        def read(self, text: str, asked: Asked) -> Reading:
            del text, asked
            return self.found  # type: ignore[return-value]

    for found, said in (
        (0.3, "'odd' read the answer to 'a' as 0.3; a Reading was expected"),
        (Reading(scores={"mood": float("nan")}), "the score 'mood' of the answer to 'a' is nan"),
        (Reading(scores={"mood": "high"}), "the score 'mood' of the answer to 'a' is 'high'"),  # type: ignore[dict-item]
    ):
        task = Odd(found).named("odd")
        with pytest.raises(DataError, match=said):
            evaluate(starcoder2, task, task.ask(()), {"unsteered": None}, max_new_tokens=1)
