from __future__ import annotations

from dataclasses import replace

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


@given(pairs=st.integers(1, 40), count=st.integers(1, 40).map(lambda half: 2 * half))
def test_even_steps_keep_twins_together_and_so_labels_in_balance(pairs: int, count: int) -> None:
    twins = [
        replace(SAMPLES[n % 2], id=f"t{n:03}", pair_id=f"p{n // 2}", label=n % 2) for n in range(2 * pairs)
    ]
    taken = evenly(twins, count)
    assert len(taken) == min(count, len(twins))
    assert sum(sample.label for sample in taken) * 2 == len(taken)


def test_the_hash_of_data_depends_on_code_and_label_but_not_on_order() -> None:
    assert data_hash(SAMPLES) == data_hash(SAMPLES[::-1])
    changed = [replace(SAMPLES[0], label=1 - SAMPLES[0].label), *SAMPLES[1:]]
    assert data_hash(changed) != data_hash(SAMPLES)
