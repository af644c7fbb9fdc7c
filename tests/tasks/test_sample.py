"""The record that every task hands on."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from pytest_steering.tasks.sample import Sample
from pytest_steering.texts.text_hash import text_hash

SAMPLE = Sample("a", "A fine film.", 1)


def test_the_hash_is_that_of_the_text_as_utf_8() -> None:
    assert SAMPLE.sha256 == hashlib.sha256(b"A fine film.").hexdigest()
    assert text_hash("é") == hashlib.sha256("é".encode()).hexdigest()


def test_a_lone_surrogate_has_a_hash() -> None:
    assert text_hash("\ud800") != text_hash("\ud801")


def test_a_sample_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SAMPLE.label = 0  # type: ignore[misc]


def test_a_conversation_is_told_from_others_by_what_is_said_in_it() -> None:
    said = [Sample("a", messages=({"role": "user", "content": text},)) for text in ("Hello", "Good day")]
    assert [one.text for one in said] == ["Hello", "Good day"]
    assert said[0].sha256 != said[1].sha256


@pytest.mark.parametrize(("label", "expected"), [(1, "yes"), (0, "no"), (None, "")])
def test_the_right_answer_follows_from_the_label(label: int | None, expected: str) -> None:
    assert dataclasses.replace(SAMPLE, label=label).expected == expected


@pytest.mark.parametrize(
    ("known", "name"), [({}, "a"), ({"pair_id": "p"}, "p"), ({"pair_id": "p", "cluster": "c"}, "c")]
)
def test_a_sample_is_resampled_with_the_widest_that_is_known(known: dict[str, str], name: str) -> None:
    assert dataclasses.replace(SAMPLE, **known).resampled_with == name  # type: ignore[arg-type]
