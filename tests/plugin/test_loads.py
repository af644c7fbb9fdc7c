"""How often real models are loaded, serially and by workers: `nox -s loads` asks on each supported pytest."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

TESTS = """
    import pytest
    from pytest_steering import Intervention

    @pytest.mark.steering(limit=4, max_new_tokens=2)
    @pytest.mark.parametrize("scale", [1.0, 2.0])
    def test_a(steering, contrast_pairs, scale):
        steering.run(Intervention(steering.extract(contrast_pairs[:4]), [1], scale))

    def test_b(steering_adapter): pass
    def test_without_a_model(): pass
"""


@pytest.mark.parametrize("way", [[], ["-n", "2"]], ids=["serial", "two workers"])
def test_three_models_are_loaded_once_each(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, way: list[str]
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # more threads only wait for each other in models so small
    pytester.makepyfile(TESTS)
    models = [f"--steering-model={name}" for name in ("starcoder", "starcoder2", "qwen2")]
    result = pytester.runpytest_subprocess(*models, *way)

    result.assert_outcomes(passed=10)
    result.stdout.fnmatch_lines(["3 models, 3 loads"])
