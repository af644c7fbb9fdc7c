from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.errors import DataError
from pytest_steering.tasks.security.code_sample import code_sample, with_metadata
from pytest_steering.tasks.security.prompts.study_prompts import PROMPTS
from pytest_steering.tasks.task_registry import find_task

SAMPLES = [
    code_sample(
        id=f"s{n}", dataset="d", code=f"int f{n}(void);", language="c", label=n % 2, asked_cwe="CWE-89"
    )
    for n in range(10)
]


def test_a_prompt_holds_the_code_and_the_question() -> None:
    asked = find_task("twins", form="named").ask(SAMPLES[:1])[0]
    assert SAMPLES[0].text in asked.prompt
    assert asked.question == "Does this code contain SQL injection (CWE-89)?"
    assert asked.prompt.endswith(f"{asked.question}\n### Answer:")


def test_an_unknown_question_form_is_named() -> None:
    with pytest.raises(DataError, match="question form 'haiku' is not known; known are sentence"):
        find_task("twins", form="haiku").ask(SAMPLES)


@pytest.mark.parametrize(
    ("language", "title"), [("cpp", "C++"), ("javascript", "JavaScript"), ("zig", "zig")]
)
def test_a_prompt_names_the_language(language: str, title: str) -> None:
    asked = find_task("twins").ask([with_metadata(SAMPLES[0], language=language)])[0]
    assert asked.prompt.startswith(f"### {title} code:\n")


def test_every_weakness_of_the_published_data_can_be_asked_about(test_data: Path) -> None:
    paths = {name: test_data / name for name in ("secllmholmes", "castle", "sven")}
    for name in paths:
        samples = find_task(name, paths=paths).samples()
        for form in ("sentence", "named", "swapped", "S1", "S4"):
            assert len(find_task(name, paths=paths, form=form).ask(samples)) == len(samples)


def test_every_prompt_of_the_study_but_the_dialogue_asks_about_its_own_data(test_data: Path) -> None:
    paths = {"secllmholmes": test_data / "secllmholmes"}
    samples = find_task("secllmholmes", paths=paths).samples()
    for name in PROMPTS.keys() - {"R3"}:
        asked = find_task("secllmholmes", paths=paths, form=name).ask(samples)
        assert all(one.sample.text.strip() in one.prompt for one in asked)


def test_worked_examples_that_are_not_at_hand_are_asked_for() -> None:
    with pytest.raises(
        DataError, match=r"prompt S5 shows worked examples.*--steering-data secllmholmes=PATH"
    ):
        find_task("twins", form="S5").ask(SAMPLES)
