from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.shard import Shard, digest_of, own_tests, shard_of

FEW = settings(max_examples=40)
SUITES = st.dictionaries(st.text(max_size=12), st.sampled_from(["", "a", "b", "c"]), max_size=40)


def pieces(models: dict[str, str], of: int) -> list[set[str]]:
    return [own_tests(Shard(number, of), models) for number in range(1, of + 1)]


@FEW
@given(SUITES, st.integers(1, 12))
def test_each_test_is_in_one_shard_and_shards_are_of_one_size(models: dict[str, str], of: int) -> None:
    shards = pieces(models, of)
    sizes = [sum(bool(models[test]) for test in shard) for shard in shards]

    assert sorted(test for shard in shards for test in shard) == sorted(models)
    assert max(sizes) - min(sizes) <= 1


@FEW
@given(SUITES, st.integers(1, 12), st.randoms())
def test_the_order_of_collection_changes_nothing(models: dict[str, str], of: int, drawn: object) -> None:
    shuffled = list(models.items())
    drawn.shuffle(shuffled)  # type: ignore[attr-defined]

    assert pieces(dict(shuffled), of) == pieces(models, of)
    assert digest_of(dict(shuffled)) == digest_of(models)


@FEW
@given(SUITES, st.integers(1, 12))
def test_all_shards_together_load_few_models_more_than_there_are(models: dict[str, str], of: int) -> None:
    loads = [len({models[test] for test in shard} - {""}) for shard in pieces(models, of)]

    assert sum(loads) <= len({*models.values()} - {""}) + of - 1


@FEW
@given(SUITES, st.integers(1, 12), st.sampled_from(["a", "b", "c"]))
def test_a_new_test_moves_one_test_a_boundary_at_the_most(
    models: dict[str, str], of: int, model: str
) -> None:
    before, after = pieces(models, of), pieces({**models, "a new one, longer than others": model}, of)
    moved = [test for old, new in zip(before, after, strict=True) for test in old - new]

    assert len(moved) <= of - 1


def test_the_shards_of_a_suite_stay_what_they_are_in_later_versions() -> None:
    models = {f"test_x.py::test[{model}-{n}]": model for model in ("one", "two") for n in range(3)}

    assert [sorted(test[16:-1] for test in shard) for shard in pieces(models, 3)] == [
        ["one-0", "one-2"],
        ["one-1", "two-2"],
        ["two-0", "two-1"],
    ]


@pytest.mark.parametrize(
    ("text", "shard"), [("2/8", Shard(2, 8)), ("1/1", Shard(1, 1)), (" 08/8 ", Shard(8, 8))]
)
def test_a_shard_is_named_by_its_number_and_how_many_there_are(text: str, shard: Shard) -> None:
    assert shard_of(text) == shard


@pytest.mark.parametrize(
    "text", ["0/8", "9/8", "1/0", "2", "2/", "/8", "-1/8", "1.5/2", "a/b", "1/8/2", "²/8", "1/9999999"]
)
def test_what_names_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="from 1/8 to 8/8"):
        shard_of(text)
