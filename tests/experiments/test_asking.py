from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.evaluation.prompts.forms import CAREFUL_HEADERS, NAMED, SENTENCE
from pytest_steering.evaluation.samples import Sample
from pytest_steering.experiments.asking import ask, contrast_pairs, data_hash, evenly, question_form

SAMPLES = [
    Sample(id=f"s{n}", dataset="d", code=f"int f{n}(void);", language="c", label=n % 2, asked_cwe="CWE-89")
    for n in range(10)
]


def test_a_prompt_holds_the_code_and_the_question() -> None:
    asked = ask(SAMPLES[:1], NAMED)[0]
    assert SAMPLES[0].code in asked.prompt
    assert asked.question == "Does this code contain SQL injection (CWE-89)?"
    assert asked.prompt.endswith(f"{asked.question}\n### Answer:")


def test_the_two_prompts_of_a_contrast_pair_differ_in_the_header_alone() -> None:
    for number, pair in enumerate(contrast_pairs(SAMPLES, SENTENCE, count=5)):
        header = CAREFUL_HEADERS[number % len(CAREFUL_HEADERS)]
        assert pair.positive.replace(f"{header} ", "") == pair.negative != pair.positive


def test_an_unknown_question_form_is_named() -> None:
    with pytest.raises(DataError, match="question form 'haiku' is not known; known are sentence"):
        question_form("haiku")


@given(count=st.integers(1, 30))
def test_even_steps_take_each_sample_at_most_once_in_order(count: int) -> None:
    taken = evenly(SAMPLES, count)
    assert len(taken) == min(count, len(SAMPLES))
    assert [sample.id for sample in taken] == sorted({sample.id for sample in taken})


def test_the_hash_of_data_depends_on_code_and_label_but_not_on_order() -> None:
    from dataclasses import replace

    assert data_hash(SAMPLES) == data_hash(SAMPLES[::-1])
    changed = [replace(SAMPLES[0], label=1 - SAMPLES[0].label), *SAMPLES[1:]]
    assert data_hash(changed) != data_hash(SAMPLES)
