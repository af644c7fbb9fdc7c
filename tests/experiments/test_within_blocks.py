"""An experiment at a site within blocks extracts, runs and records there."""

from __future__ import annotations

import pytest

from pytest_steering.errors import ModelError, VectorError
from pytest_steering.experiments.experiment import Experiment
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.records import Record
from pytest_steering.steering.intervention import Intervention


def test_a_run_at_a_site_says_so_and_its_evidence_holds(starcoder2: SteerableModel) -> None:
    records: list[Record] = []
    experiment = Experiment(starcoder2, "twins", limit=2, site="mlp_output", sink=records.append)
    vector = experiment.extract(experiment.contrast_pairs(8), layers=[2])
    result = experiment.run(Intervention(vector, [2]), controls=("random",))
    steered = result.steered.record
    assert {record.spec["model"]["site"] for record in records} == {"mlp output"}
    assert steered.provenance["site"] == "mlp output"
    assert steered.evidence["written"]["layers"]["2"]["exact"], "watched at the MLP, not at the block"
    assert not {one.id for one in result.findings if one.id.startswith(("delta", "vector", "steered"))}


def test_a_block_output_needs_no_name_in_a_record(starcoder2: SteerableModel) -> None:
    records: list[Record] = []
    experiment = Experiment(starcoder2, "twins", limit=2, sink=records.append)
    vector = experiment.extract(experiment.contrast_pairs(8), layers=[2])
    experiment.run(Intervention(vector, [2]), controls=())
    assert "site" not in records[0].spec["model"]


def test_a_vector_of_the_same_pairs_at_another_site_is_another(starcoder2: SteerableModel) -> None:
    memo: dict[tuple[object, ...], object] = {}
    here, there = (
        Experiment(starcoder2, "twins", limit=2, site=site, memo=memo) for site in ("", "attention_output")
    )
    pairs = here.contrast_pairs(8)
    one, other = (experiment.extract(pairs, layers=[2]) for experiment in (here, there))
    assert one.sha256 != other.sha256
    with pytest.raises(VectorError, match="different spaces: site"):
        one @ other


def test_an_unknown_site_is_refused_when_the_experiment_is_made(starcoder2: SteerableModel) -> None:
    with pytest.raises(ModelError, match="site 'residual' is not known"):
        Experiment(starcoder2, "twins", site="residual")
