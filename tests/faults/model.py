from __future__ import annotations

import copy
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.tasks.asked import Answers
from tests.faults.fault import Fault, Inject, nothing

if TYPE_CHECKING:
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.vector import SteeringVector


def _copy_of(model: SteerableModel) -> SteerableModel:
    """The same model with weights of its own."""
    loaded = replace(model.loaded, module=copy.deepcopy(model.loaded.module))
    return replace(model, loaded=loaded)


def _hook_left(patch: pytest.MonkeyPatch, experiment: Experiment) -> None:
    model = experiment.model = _copy_of(experiment.model)
    block = model.loaded.module.get_submodule(model.architecture.blocks[1].path)
    block.register_forward_hook(lambda _module, _args, output: output)


def _weights_changed(patch: pytest.MonkeyPatch, experiment: Experiment) -> None:
    from pytest_steering.models.proving.fingerprint import first_weights

    model = experiment.model = _copy_of(experiment.model)
    first_weights(model.loaded.module)
    parameter = next(model.loaded.module.parameters())
    parameter.data.mul_(1.001)


def _dropout(share: float) -> Inject:
    """A model whose own code drops numbers in any mode: that a call runs it in eval mode is no help."""

    def inject(patch: pytest.MonkeyPatch, experiment: Experiment) -> None:
        import torch
        from torch.nn.functional import dropout

        model = experiment.model = _copy_of(experiment.model)
        module: Any = model.loaded.module
        for part in module.modules():
            if isinstance(part, torch.nn.Dropout):
                vars(part)["forward"] = partial(dropout, p=share, training=True)

    return inject


def _always_yes(patch: pytest.MonkeyPatch, experiment: Experiment) -> None:
    """A model whose last layer says the same word, whatever was read."""
    import torch

    model = experiment.model = _copy_of(experiment.model)
    module: Any = model.loaded.module
    head = torch.nn.Linear(module.lm_head.in_features, module.lm_head.out_features)
    head.weight.data.copy_(module.lm_head.weight.data)
    head.bias.data.zero_()
    answers, prompt = experiment.scored[0].answers, experiment.scored[0].prompt
    assert isinstance(answers, Answers)
    head.bias.data[model.choice_tokens(answers.present, prompt)[0]] = 12.0
    head.bias.data[model.choice_tokens(answers.absent, prompt)[0]] = -50.0
    module.lm_head = head


def _other_family(experiment: Experiment, vector: SteeringVector) -> SteeringVector:
    told = {"model": "qwen2", "model_type": "qwen2", "tokenizer": "of qwen2", "weights": "of qwen2"}
    return replace(vector, provenance={**vector.provenance, **told})


def _other_seed(experiment: Experiment, vector: SteeringVector) -> SteeringVector:
    """The direction of a model of the same shape with other weights."""
    import torch

    from pytest_steering.experiments.experiment import Experiment as New

    other = _copy_of(experiment.model)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        for parameter in other.loaded.module.parameters():
            parameter.data.add_(0.05 * torch.randn_like(parameter))
    return New(other).extract(experiment.contrast_pairs())


def _other_layer(experiment: Experiment, vector: SteeringVector) -> SteeringVector:
    """The direction of layer 0 under the number of layer 3, as a vector file of another numbering has it."""
    told = {**vector.provenance, "layers": "0"}
    return replace(vector, directions={3: vector.directions[0]}, provenance=told)


def _zeroed(experiment: Experiment, vector: SteeringVector) -> SteeringVector:
    return replace(vector, directions={layer: 0 * one for layer, one in vector.directions.items()})


def _non_finite(experiment: Experiment, vector: SteeringVector) -> SteeringVector:
    own = replace(vector, directions={layer: one.clone() for layer, one in vector.directions.items()})
    own.directions[3][0] = float("nan")
    return own


SILENT = frozenset({"answer-constant", "outputs-unchanged"})
REFUSED = frozenset({"intervention-failed"})

MODEL_FAULTS = (
    Fault("hook left from an earlier run", "hooks-left", _hook_left, quick=True),
    Fault("weights changed in place", "weights-changed", _weights_changed, REFUSED | {"vector-foreign"}),
    Fault("dropout of .01", "not-repeatable", _dropout(0.01), quick=True),
    Fault("dropout of .001", "not-repeatable", _dropout(0.001)),
    Fault("a model that always says yes", "answer-constant", _always_yes, early=True),
    Fault("vector of another family", "vector-foreign", nothing, REFUSED, vector=_other_family),
    Fault(
        "vector of another seed's model", "vector-foreign", nothing, REFUSED, vector=_other_seed, quick=True
    ),
    Fault("vector of another layer", "vector-foreign", nothing, REFUSED, vector=_other_layer),
    Fault("vector zeroed", "vector-zero", nothing, SILENT, vector=_zeroed),
    Fault("vector not finite", "vector-non-finite", nothing, REFUSED, vector=_non_finite),
)
