"""An extraction method of a user's own: a function under a decorator that no file of the package knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from pytest_steering import extraction_method
from pytest_steering.errors import VectorError
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.label_shuffles import label_shuffles
from pytest_steering.extraction.methods import METHODS
from pytest_steering.extraction.null_directions import shuffled_directions
from pytest_steering.extraction.pairs import ContrastPair, with_exchanged
from pytest_steering.run_folder.runs import find_run
from tests.extraction.test_directions import PAIRS, LengthReader
from tests.near import assert_near

if TYPE_CHECKING:
    from torch import Tensor


@pytest.fixture
def median_difference() -> Iterator[str]:
    @extraction_method
    def median_difference(
        model: LengthReader, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
    ) -> dict[int, Tensor]:
        one, other = (model.hidden_states(side, layers, "last_prompt") for side in (positive, negative))
        return {layer: one[layer].median(0).values - other[layer].median(0).values for layer in one}

    yield "median_difference"
    del METHODS["median_difference"]


def test_a_method_of_your_own_is_used_by_its_name(median_difference: str) -> None:
    vector = extract(LengthReader(), PAIRS, median_difference)
    # The fourth of eight squares: (8 + 3)² − (6 + 3)².
    assert vector.directions[0].tolist() == [1.0, 40.0]
    assert vector.method == "median_difference"
    assert {"model": "reader", "position": "last_prompt", "pairs": "8"}.items() <= vector.provenance.items()


def test_its_shuffled_control_is_made_by_the_same_method(median_difference: str) -> None:
    vector = extract(LengthReader(), PAIRS, median_difference)
    labels = label_shuffles(len(PAIRS), 1, 2)
    (control,) = shuffled_directions(LengthReader(), PAIRS, labels, vector)
    expected = METHODS[median_difference](LengthReader(), *with_exchanged(PAIRS, labels[0]), "all")
    for layer, direction in expected.items():
        length = control.norms[layer] / direction.norm()
        assert_near(control.directions[layer], direction * length)


@pytest.mark.parametrize("taken", ["lda", "mean_difference"])
def test_a_name_of_this_package_is_not_taken_over(taken: str) -> None:
    def own(
        model: object, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
    ) -> dict[int, Tensor]:
        return {}

    own.__name__ = taken
    before = METHODS[taken]
    with pytest.raises(VectorError, match=f"an extraction method named '{taken}' is registered already"):
        extraction_method(own)
    assert METHODS[taken] is before


def test_a_method_whose_two_sides_do_not_differ_is_named(median_difference: str) -> None:
    with pytest.raises(VectorError, match="the median_difference vector is zero at layers"):
        extract(LengthReader(), [ContrastPair("plain 1", "plain 2", "s")], median_difference)


CONFTEST = """
    from pytest_steering import extraction_method

    @extraction_method
    def median_difference(model, positive, negative, layers):
        one, other = (model.hidden_states(side, layers, "last_prompt") for side in (positive, negative))
        return {layer: one[layer].median(0).values - other[layer].median(0).values for layer in one}
"""

TEST = """
    import pytest
    from pytest_steering import Intervention

    @pytest.mark.steering(models=["starcoder2"], dataset="twins", limit=2)
    def test_medians(steering):
        vector = steering.extract(steering.contrast_pairs(8), method="median_difference")
        steering.run(Intervention(vector, [2]), controls=("shuffled",))
"""


@pytest.mark.slow
def test_a_method_in_a_conftest_is_run_and_recorded(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_own=TEST)
    pytester.runpytest_subprocess("--steering-device=cpu").assert_outcomes(passed=1)
    records = find_run("latest", pytester.path / ".steering").read().records
    methods = {one.arm: (one.spec["intervention"] or {}).get("method") for one in records}
    assert methods == {
        "unsteered": None,
        "steered": "median_difference",
        "shuffled": "shuffled:0",
        "threshold": None,
    }
