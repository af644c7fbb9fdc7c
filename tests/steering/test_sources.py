"""What stands behind a vector goes wherever the vector goes, through algebra and files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from pytest_steering.errors import VectorError
from pytest_steering.steering.sources import UNKNOWN, Sources, Texts
from pytest_steering.steering.vector import SteeringVector
from tests.tiny import random_vector

TEXTS = st.sampled_from(
    ["one text", "another text", "int f(int a) { return a + 1; }", "", "a text of Ä and 文"]
)
some_texts = st.frozensets(TEXTS).map(Texts)
sources = st.builds(
    Sources,
    known=st.booleans(),
    read=some_texts,
    searched=some_texts,
    samples=st.frozensets(st.tuples(st.sampled_from(["twins", "own, of mine"]), st.text(max_size=3))),
)
vectors = st.builds(
    lambda seed, behind: replace(random_vector(seed=seed), sources=behind), st.integers(0, 9), sources
)
factors = st.floats(0.5, 2)


def combinations(parts: st.SearchStrategy[SteeringVector]) -> st.SearchStrategy[SteeringVector]:
    """Everything that a vector can be made of other vectors with."""
    two = st.tuples(parts, parts)
    return (
        two.map(lambda pair: pair[0] + pair[1])
        | two.map(lambda pair: pair[0] - 0.5 * pair[1])
        | two.map(lambda pair: pair[0].rescaled_to(pair[1]))
        | st.tuples(parts, factors).map(lambda pair: pair[1] * pair[0])
        | parts.map(lambda part: -part)
        | parts.map(lambda part: part.only(part.layers))
        | parts.map(lambda part: part.random_like(3))
    )


def covers(whole: Sources, part: Sources) -> bool:
    return (
        whole.read.prints >= part.read.prints
        and whole.searched.prints >= part.searched.prints
        and whole.samples >= part.samples
        and whole.known <= part.known
    )


@given(vectors, vectors, factors)
def test_what_is_made_of_vectors_has_all_their_sources_and_is_known_as_well_as_the_worst(
    one: SteeringVector, other: SteeringVector, factor: float
) -> None:
    for made in (one + other, one - other, other + one, one.rescaled_to(other), factor * one + -other):
        assert covers(made.sources, one.sources)
        assert covers(made.sources, other.sources)
        assert made.sources.known == (one.sources.known and other.sources.known)
    for alone in (-one, factor * one, one * factor, one.only([1]), one.random_like(1)):
        assert alone.sources == one.sources


@given(st.recursive(vectors, combinations, max_leaves=6), vectors)
def test_no_chain_of_operations_loses_a_source(made: SteeringVector, more: SteeringVector) -> None:
    assert covers((made + more).sources, made.sources)
    assert covers((1.0001 * -(more - made)).sources, made.sources | more.sources)


@given(sources, sources, sources)
def test_sources_are_joined_in_any_order(a: Sources, b: Sources, c: Sources) -> None:
    assert a | b == b | a
    assert (a | b) | c == a | (b | c)
    assert a | a == a


@given(vectors)
def test_a_file_keeps_the_sources_and_no_text(
    tmp_path_factory: pytest.TempPathFactory, vector: SteeringVector
) -> None:
    path = tmp_path_factory.mktemp("vectors") / "vector.safetensors"
    (1.0001 * vector).save(path)
    loaded = SteeringVector.load(path).sources
    assert covers(loaded, vector.sources)
    assert covers(vector.sources, loaded)
    assert not any(text.encode() in path.read_bytes() for text in vector.sources.read.whole if text)


def test_a_vector_made_by_hand_is_of_unknown_origin_and_so_is_all_that_it_is_added_to() -> None:
    by_hand = SteeringVector({1: torch.ones(4)})
    read = replace(by_hand, sources=Sources.of(["a text"]))
    assert by_hand.sources == UNKNOWN
    assert read.sources.known
    assert not (read + by_hand).sources.known
    assert not SteeringVector(read.directions).sources.known


def _without(path: Path, name: str, provenance: dict[str, str]) -> None:
    """Write a file as older versions wrote it."""
    old = {"format": "pytest-steering.vector.1", "method": "m", "provenance": json.dumps(provenance)}
    assert name not in old
    save_file(load_file(str(path)), str(path), metadata=old)


def test_a_file_of_an_older_version_is_of_unknown_origin_but_for_the_samples_that_it_names(
    tmp_path: Path,
) -> None:
    path = tmp_path / "vector.safetensors"
    random_vector().save(path)
    _without(path, "sources", {"dataset": "twins", "sample_ids": "a,b"})
    assert SteeringVector.load(path).sources == Sources(samples=frozenset({("twins", "a"), ("twins", "b")}))
    _without(path, "sources", {})
    assert SteeringVector.load(path).sources == UNKNOWN


@pytest.mark.parametrize(
    "said",
    [
        "{",
        "[]",
        "{}",
        '{"known": true, "read": [["a", "?"]], "searched": [], "samples": []}',
        '{"known": true, "read": [1], "searched": [], "samples": []}',
        '{"known": true, "read": [], "searched": [], "samples": 3}',
    ],
)
def test_damaged_sources_are_refused_and_not_taken_for_none(tmp_path: Path, said: str) -> None:
    path = tmp_path / "vector.safetensors"
    metadata = {"format": "pytest-steering.vector.1", "method": "m", "provenance": "{}", "sources": said}
    save_file({"layer.0": torch.ones(3)}, str(path), metadata=metadata)
    with pytest.raises(VectorError, match="damaged steering vector"):
        SteeringVector.load(path)


def test_a_files_word_that_all_is_known_is_true_or_nothing() -> None:
    for word in ("yes", 1, None, "true"):
        row = {**Sources.of(["text"]).as_dict(), "known": word}
        assert not Sources.from_dict(row).known


def test_what_a_text_leaves_in_a_file_is_less_than_a_kilobyte(tmp_path: Path) -> None:
    path = tmp_path / "vector.safetensors"
    random_vector().save(path)
    without = path.stat().st_size
    long = [
        f"text {number}: " + " ".join(f"word{number * place}" for place in range(2000))
        for number in range(1, 65)
    ]
    replace(random_vector(), sources=Sources.of(long)).save(path)
    assert path.stat().st_size - without < 64 * 800
