"""An operation of a user's own, in a conftest: proven, run by the engine, watched and recorded."""

from __future__ import annotations

import pytest

from pytest_steering.run_folder.runs import find_run

CONFTEST = """
    from pytest_steering import operation, projection

    @operation(divides_scale=False)
    def mirror(states, direction, strength):
        return states - 2 * strength * projection(states, direction)
"""

TEST = """
    import pytest
    from pytest_steering import Intervention, SteeringVector

    @pytest.mark.steering(models=["starcoder2"], dataset="twins", limit=2)
    def test_mirrored(steering):
        vector = SteeringVector({2: [1.0] * steering.model.architecture.hidden_size})
        result = steering.run(Intervention(vector, [2], operation="mirror"), controls=("zero", "negated"))
        assert [one.tokens_sha256 for one in result["zero"].outcomes] == [
            one.tokens_sha256 for one in result.unsteered.outcomes
        ]
"""


@pytest.mark.slow
def test_three_lines_of_a_conftest_are_an_operation(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_own=TEST)
    pytester.runpytest_subprocess("--steering-device=cpu").assert_outcomes(passed=1)
    steered = next(
        one for one in find_run("latest", pytester.path / ".steering").read().records if one.arm == "steered"
    )
    assert steered.spec["intervention"]["operation"] == "mirror"
    assert len(steered.provenance["operation"]) == 16
    (written,) = steered.evidence["written"]["layers"].values()
    assert written["exact"]
    assert written["asked"] == written["steered"] > 0
    assert not {one["id"] for one in steered.findings} & {"intervention-failed", "positions-differ"}
    assert "control-vacuous" in {one["id"] for one in steered.findings}
