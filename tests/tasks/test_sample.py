"""The record that every data set hands on."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from pytest_steering.tasks.sample import Sample, clusters, code_hash

SAMPLE = Sample("a", "d", "int x;", "c", 1, "CWE-787")


def test_the_hash_is_that_of_the_code_as_utf_8() -> None:
    assert SAMPLE.sha256 == hashlib.sha256(b"int x;").hexdigest()
    assert code_hash("é") == hashlib.sha256("é".encode()).hexdigest()


def test_a_lone_surrogate_has_a_hash() -> None:
    assert code_hash("\ud800") != code_hash("\ud801")


def test_a_sample_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SAMPLE.label = 0  # type: ignore[misc]


def test_a_label_is_as_published_until_a_fault_is_known() -> None:
    assert SAMPLE.label_status == "as published"


def test_augmentations_are_resampled_with_the_pair_of_their_scenario() -> None:
    samples = [
        dataclasses.replace(SAMPLE, id="base", pair_id="p"),
        dataclasses.replace(SAMPLE, id="made", base_id="base"),
        dataclasses.replace(SAMPLE, id="alone"),
    ]
    assert clusters(samples) == {"base": "p", "made": "p", "alone": "alone"}
