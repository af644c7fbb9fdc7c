"""Where the numbers of an experiment come from, as its records say."""

from __future__ import annotations

from pytest_steering.records import Record
from pytest_steering.report.html.origin_of_numbers import provenance_of
from pytest_steering.steering.reliability import Reliability


def test_how_far_the_vectors_pairs_agree_stands_beside_it_by_block() -> None:
    told = {"3": Reliability(8, 0.412, 0.9, None, 0.75).as_dict()}
    facts = provenance_of([Record({}, provenance={"method": "lda", "reliability": told})])
    said = {fact.name: fact.value for fact in facts if fact.of == "vector"}
    assert said["method"] == "lda"
    assert said["pairs at block 3"] == "agreement 0.41, split half 0.90, auroc 0.75"


def test_a_record_of_before_says_nothing_of_it() -> None:
    assert not [fact for fact in provenance_of([Record({})]) if "block" in fact.name]
