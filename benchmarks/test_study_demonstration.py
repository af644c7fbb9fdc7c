"""What would this project have told the authors of the study? Their set-up, and its faults by name.

The study counted keywords, added its vector with `output[0][-1] += v` at scale 100 on each of the final three
layers, asked 24 questions, and concluded that steering cannot overcome a 50 % bias.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pytest_steering import ContrastPair, ExpectationFailed, Experiment, Intervention
from tests.faults import study

NAMED = {
    "reader-unreliable": "the keyword reader",
    "positions-differ": "output[0][-1] steers one sample of the batch, and not while it generates",
    "scale-drowns-state": "scale 100 on each of three layers",
    "too-few-samples": "24 samples",
    "answer-constant": "always the same answer",
}


@pytest.mark.steering(models=["starcoder"], dataset="twins", split="test", limit=study.SAMPLES)
def test_each_fault_of_the_study_is_named(
    steering: Experiment, contrast_pairs: Sequence[ContrastPair], monkeypatch: pytest.MonkeyPatch
) -> None:
    study.put_in_place(monkeypatch)
    vector = steering.extract(contrast_pairs, layers=study.LAYERS)
    layers = steering.model.architecture.default_layers
    asked = Intervention(vector, layers, study.SCALE, per_layer=True)
    result = steering.run(asked, controls=("random",))
    found = {one.id for one in result.findings}
    assert found >= set(NAMED)
    with pytest.raises(ExpectationFailed, match="reader-unreliable"):
        result.expect("accuracy").improves()


@pytest.mark.steering(models=["starcoder"], dataset="twins", split="test", limit=study.SAMPLES)
def test_scale_100_on_three_layers_breaks_the_text_where_it_is_added_rightly(
    steering: Experiment, contrast_pairs: Sequence[ContrastPair]
) -> None:
    vector = steering.extract(contrast_pairs, layers=study.LAYERS)
    layers = steering.model.architecture.default_layers
    result = steering.run(Intervention(vector, layers, study.SCALE, per_layer=True), controls=())
    found = {one.id for one in result.findings if one.severity == "invalid"}
    assert found & {"outputs-repeat", "outputs-unreadable", "outputs-length", "answered-share-low"}
