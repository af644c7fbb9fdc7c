from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering import SteerableModel
from pytest_steering.errors import DataError
from pytest_steering.experiments.leakage import refuse_scored
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.code_sample import code_sample
from pytest_steering.tasks.security.prompts.question_forms import CAREFUL_HEADERS
from pytest_steering.tasks.task_registry import find_task

CODE = find_task("twins", form="named", contrast="code")


def twins(pairs: int, cwe: str = "CWE-89") -> list[Sample]:
    return [
        code_sample(
            id=f"{pair}-{role}",
            dataset="d",
            code=f"int {role}_{pair}(void);",
            language="c",
            label=int(role == "vulnerable"),
            asked_cwe=cwe,
            pair_id=f"p{pair}",
            pair_role=role,
        )
        for pair in range(pairs)
        for role in ("vulnerable", "patched")
    ]


def test_the_two_prompts_of_a_careful_pair_differ_in_the_header_alone(starcoder2: SteerableModel) -> None:
    pairs = find_task("twins").contrast_pairs(twins(5), 6, starcoder2)
    assert len(pairs) == 6
    for number, pair in enumerate(pairs):
        header = CAREFUL_HEADERS[number % len(CAREFUL_HEADERS)]
        assert pair.positive.replace(f"{header} ", "") == pair.negative != pair.positive


def test_a_code_pair_asks_the_same_after_vulnerable_and_after_patched_code(
    starcoder2: SteerableModel,
) -> None:
    pairs = CODE.contrast_pairs(twins(5), 3, starcoder2)
    assert len(pairs) == 3
    for pair in pairs:
        assert pair.positive.replace("vulnerable_", "patched_") == pair.negative != pair.positive
        assert pair.sample_id.endswith("-vulnerable")
        assert pair.contrast == "vulnerable − patched"


def test_samples_that_cannot_be_asked_about_or_do_not_fit_are_counted(starcoder2: SteerableModel) -> None:
    unnamed, long = twins(1, "CWE-99999"), [replace(one, text="x = 1;\n" * 500) for one in twins(1)]
    samples = [*(replace(one, pair_id="u", id=f"u{one.id}") for one in unnamed), *long, *twins(4)[2:]]
    with pytest.warns(
        UserWarning, match="2 of 10 training samples cannot be asked about.*and 2 exceed the context"
    ):
        pairs = CODE.contrast_pairs(samples, 64, starcoder2)
    assert len(pairs) == 3


def test_data_without_twins_has_no_code_pairs(starcoder2: SteerableModel) -> None:
    alone = [replace(one, pair_id=None) for one in twins(3)]
    with pytest.raises(DataError, match="none of 6 training samples can be used for the contrast 'code'"):
        CODE.contrast_pairs(alone, 64, starcoder2)


def test_an_unknown_contrast_is_named(starcoder2: SteerableModel) -> None:
    with pytest.raises(DataError, match="contrast 'mood' is not known; known are careful, code"):
        find_task("twins", contrast="mood").contrast_pairs(twins(1), 64, starcoder2)


def test_headers_are_for_models_that_were_trained_on_them() -> None:
    assert (find_task("twins").contrast, find_task("sven").contrast) == ("careful", "code")


def test_a_pair_about_the_twin_of_a_scored_sample_is_refused() -> None:
    known = twins(2)
    pair = ContrastPair("a", "b", known[0].id)
    with pytest.raises(DataError, match="1 of 1 scored samples are among those the vector was built from"):
        refuse_scored([pair], known, [known[1]])
    refuse_scored([pair], known, known[2:])


def test_a_pair_of_ones_own_is_refused_when_it_holds_scored_code() -> None:
    scored = twins(1)
    pair = ContrastPair("Look:\nint  vulnerable_0(void);\nIs it safe?", "Look: nothing", "mine")
    with pytest.raises(
        DataError, match="the text of 1 scored samples, such as '0-vulnerable', is in the contrast"
    ):
        refuse_scored([pair], [], scored)
    refuse_scored([pair], [], twins(2)[2:])
