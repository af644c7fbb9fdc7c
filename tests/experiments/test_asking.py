from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.experiments.asking import ask, data_hash, evenly, question_form
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.datasets import load_dataset
from pytest_steering.tasks.security.prompts.question_forms import NAMED
from pytest_steering.tasks.security.prompts.study_prompts import PROMPTS

SAMPLES = [
    Sample(id=f"s{n}", dataset="d", code=f"int f{n}(void);", language="c", label=n % 2, asked_cwe="CWE-89")
    for n in range(10)
]


def test_a_prompt_holds_the_code_and_the_question() -> None:
    asked = ask(SAMPLES[:1], NAMED)[0]
    assert SAMPLES[0].code in asked.prompt
    assert asked.question == "Does this code contain SQL injection (CWE-89)?"
    assert asked.prompt.endswith(f"{asked.question}\n### Answer:")


def test_an_unknown_question_form_is_named() -> None:
    with pytest.raises(DataError, match="question form 'haiku' is not known; known are sentence"):
        question_form("haiku")


@given(count=st.integers(1, 30))
def test_even_steps_take_each_sample_at_most_once_in_order(count: int) -> None:
    taken = evenly(SAMPLES, count)
    assert len(taken) == min(count, len(SAMPLES))
    assert [sample.id for sample in taken] == sorted({sample.id for sample in taken})


@given(pairs=st.integers(1, 40), count=st.integers(1, 40).map(lambda half: 2 * half))
def test_even_steps_keep_twins_together_and_so_labels_in_balance(pairs: int, count: int) -> None:
    twins = [
        replace(SAMPLES[n % 2], id=f"t{n:03}", pair_id=f"p{n // 2}", label=n % 2) for n in range(2 * pairs)
    ]
    taken = evenly(twins, count)
    assert len(taken) == min(count, len(twins))
    assert sum(sample.label for sample in taken) * 2 == len(taken)


def test_even_steps_meet_every_weakness_of_data_that_takes_turns() -> None:
    turns = [
        replace(
            SAMPLES[n % 2], id=f"t{n:03}", pair_id=f"p{n // 2}", asked_cwe=f"CWE-{n // 2 % 8}", label=n % 2
        )
        for n in range(320)
    ]
    assert {sample.asked_cwe for sample in evenly(turns, 16)} == {f"CWE-{n}" for n in range(8)}


def test_samples_of_one_scenario_share_a_cluster() -> None:
    scenario = [replace(SAMPLES[0], pair_id="p"), replace(SAMPLES[1], pair_id="p")]
    changed = replace(SAMPLES[2], base_id=SAMPLES[0].id, augmentation="A1")
    clusters = [one.cluster for one in ask([*scenario, changed, SAMPLES[3]], NAMED)]
    assert clusters == ["p", "p", "p", SAMPLES[3].id]


@pytest.mark.parametrize(
    ("language", "title"), [("cpp", "C++"), ("javascript", "JavaScript"), ("zig", "zig")]
)
def test_a_prompt_names_the_language(language: str, title: str) -> None:
    asked = ask([replace(SAMPLES[0], language=language)], NAMED)[0]
    assert asked.prompt.startswith(f"### {title} code:\n")


def test_every_weakness_of_the_published_data_can_be_asked_about(test_data: Path) -> None:
    paths = {name: test_data / name for name in ("secllmholmes", "castle", "sven")}
    for name in paths:
        samples = load_dataset(name, paths=paths)
        for form in ("sentence", "named", "swapped", "S1", "S4"):
            assert len(ask(samples, question_form(form, None, paths))) == len(samples)


def test_every_prompt_of_the_study_but_the_dialogue_asks_about_its_own_data(test_data: Path) -> None:
    paths = {"secllmholmes": test_data / "secllmholmes"}
    samples = load_dataset("secllmholmes", paths=paths)
    for name in PROMPTS.keys() - {"R3"}:
        asked = ask(samples, question_form(name, None, paths))
        assert all(one.sample.code.strip() in one.prompt for one in asked)


def test_worked_examples_that_are_not_at_hand_are_asked_for() -> None:
    with pytest.raises(
        DataError, match=r"prompt S5 shows worked examples.*--steering-data secllmholmes=PATH"
    ):
        question_form("S5")


def test_the_hash_of_data_depends_on_code_and_label_but_not_on_order() -> None:
    assert data_hash(SAMPLES) == data_hash(SAMPLES[::-1])
    changed = [replace(SAMPLES[0], label=1 - SAMPLES[0].label), *SAMPLES[1:]]
    assert data_hash(changed) != data_hash(SAMPLES)
