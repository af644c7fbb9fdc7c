from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering import Experiment, Intervention


@pytest.mark.parametrize("rows", [1, 2])
def test_a_run_is_watched_in_batches_of_any_size(
    experiment: Experiment, intervention: Intervention, rows: int
) -> None:
    few = replace(experiment, model=replace(experiment.model, batch_rows=rows), limit=2)
    written = few.run(intervention, controls=[]).steered.record.evidence["written"]
    assert written["prompts_read"]
    assert written["layers"]["2"]["asked"] == written["layers"]["2"]["steered"] > 0
    assert written["layers"]["2"]["elsewhere"] == 0
