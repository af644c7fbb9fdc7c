"""Published security data, judged as the SecLLMHolmes study asks: unsteered, steered, and under controls.

    pytest benchmarks -m starcoder2 --steering-model PATH-OR-ID --steering-data secllmholmes=FOLDER

Vectors come from the embedded twins, and from SVEN where `--steering-data sven=FOLDER` is given too; never
from what is scored. Everything is reported and no effect is expected: whether a real model can be steered on
this data is what a run finds out. `-k S1` chooses one prompt, `-k sven` one origin of vectors.
"""

from __future__ import annotations

import pytest

from pytest_steering import Experiment, Intervention

PROMPTS = ("S1", "S4", "D1")
SCALES = (-4.0, -2.0, -1.0, 1.0, 2.0, 4.0)
"""Both signs: a model that sees *vulnerable* everywhere has to be led away from it, another towards it."""

PAIRS = 64
LAYERS = 4
SEARCHED = 48
SEARCH_SPLIT = {"twins": "dev", "sven": "val"}


def _said(**what: object) -> pytest.MarkDecorator:
    return pytest.mark.steering(**what)


@pytest.fixture
def needed_data(steering: Experiment) -> None:
    """Skip where a data set that lies outside of the package was not given."""
    require_data(steering)


def require_data(steering: Experiment) -> None:
    """Skip unless all data sets of an experiment are at hand."""
    missing = [
        name
        for name in (steering.questions.task.name, steering.questions.source.name)
        if name != "twins" and name not in steering.data_paths
    ]
    if missing:
        pytest.skip(f"needs published data: give --steering-data {missing[0]}=FOLDER")


@pytest.mark.usefixtures("needed_data")
@pytest.mark.parametrize("prompt", [pytest.param(name, marks=_said(form=name)) for name in PROMPTS])
@pytest.mark.parametrize(
    "vectors", [pytest.param(name, marks=_said(vectors_from=name)) for name in SEARCH_SPLIT]
)
@pytest.mark.steering(dataset="secllmholmes", split="test", contrast="code", max_new_tokens=48)
def test_published_code_is_judged_and_reported(steering: Experiment, prompt: str, vectors: str) -> None:
    assert (steering.form, steering.vectors_from) == (prompt, vectors)
    vector = steering.extract(steering.contrast_pairs(PAIRS))
    choice = steering.search(
        vector, _spread(vector.layers, LAYERS), SCALES, split=SEARCH_SPLIT[vectors], limit=SEARCHED
    )
    result = steering.run(Intervention(vector, layers=[choice.layer], scale=choice.scale))

    for name, arm in result.arms.items():
        assert len(arm.outcomes) == len(steering.scored), name
        assert all(one.skipped or one.prompt_tokens for one in arm.outcomes), name
        assert arm.record.counts["skipped"] == len(arm.outcomes) - len(arm.run), name


def _spread(layers: tuple[int, ...], count: int) -> list[int]:
    """Return a few layers at even distances; the last one is left out, no block comes after it."""
    inner = layers[:-1] or layers
    return sorted({inner[round((part + 1) * (len(inner) - 1) / count)] for part in range(count)})
