"""Labelled code as a sample."""

from __future__ import annotations

from typing import Any

from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.code_sample import code_sample, with_clusters, with_metadata


def code(name: str, **known: Any) -> Sample:
    told = {"dataset": "d", "code": "int x;", "language": "c", "label": 1, "asked_cwe": "CWE-787"}
    return code_sample(id=name, **{**told, **known})


def test_a_weakness_is_the_group_and_all_else_that_is_known_is_metadata() -> None:
    made = code("a", subset="hand-crafted", reason=None)
    assert (made.text, made.group) == ("int x;", "CWE-787")
    assert made.metadata == {"language": "c", "label_status": "as published", "subset": "hand-crafted"}


def test_a_label_is_as_published_until_a_fault_is_known() -> None:
    assert code("a").metadata["label_status"] == "as published"
    assert with_metadata(code("a"), label_status="doubtful").metadata["label_status"] == "doubtful"


def test_a_template_is_no_sample_that_others_are_variations_of() -> None:
    assert code("a", base_id="template").base_id is None
    assert code("a", base_id="scenario", augmentation="A1").base_id == "scenario"


def test_augmentations_are_resampled_with_the_pair_of_their_scenario() -> None:
    samples = [code("base", pair_id="p"), code("made", base_id="base"), code("alone")]
    assert {one.id: one.resampled_with for one in with_clusters(samples)} == {
        "base": "p",
        "made": "p",
        "alone": "alone",
    }
