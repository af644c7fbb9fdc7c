from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.errors import VectorError
from pytest_steering.models.proving import fingerprint
from pytest_steering.models.proving.fingerprint import current_weights, first_weights
from pytest_steering.models.proving.origin import differences, made_from
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tests.tiny import PROMPTS, random_vector, tiny_model

Use = Callable[[SteerableModel, Intervention], object]

USES: dict[str, Use] = {
    "generate": lambda model, one: model.generate(PROMPTS, [None, one], max_new_tokens=1),
    "complete": lambda model, one: model.complete(PROMPTS, [one], max_new_tokens=1),
    "choice_logprobs": lambda model, one: model.choice_logprobs(PROMPTS, [" w3", " w4"], [one]),
}


def vector_of(model: SteerableModel) -> SteeringVector:
    return SteeringVector.from_contrast(model, PROMPTS[:2], PROMPTS[2:4])


@pytest.fixture
def refused_fingerprints(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_module: Any) -> str:
        raise AssertionError("the weights were hashed again")

    monkeypatch.setattr(fingerprint, "weights_fingerprint", refuse)


def test_a_vector_fits_the_model_it_says_it_is_from() -> None:
    model, other = tiny_model("qwen2"), tiny_model("qwen2", seed=1)
    vector = replace(random_vector(), provenance=made_from(model, (1, 3), model.weights))
    assert differences(Intervention(vector), model.loaded) == []
    assert differences(Intervention(random_vector()), model.loaded) == []
    assert [one.split()[0] for one in differences(Intervention(vector), other.loaded)] == ["weights"]
    narrow = replace(vector, provenance=made_from(model, (1,), model.weights))
    assert differences(Intervention(narrow, [3]), model.loaded) == ["layers 1, applied at [3]"]


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_vector_of_other_weights_is_refused_wherever_it_is_applied_unless_it_is_forced(use: Use) -> None:
    model, vector = tiny_model("qwen2"), vector_of(tiny_model("qwen2", seed=1))
    with pytest.raises(VectorError, match=r"made for something else \(weights \w+, here \w+\).*tiny-qwen2"):
        use(model, Intervention(vector))
    use(model, Intervention(vector, forced=True))


SUMS: dict[str, Callable[[SteeringVector, SteeringVector], SteeringVector]] = {
    "own + foreign": lambda own, foreign: own + foreign,
    "foreign + own": lambda own, foreign: foreign + own,
    "own - foreign": lambda own, foreign: own - foreign,
    "hardly any of it": lambda own, foreign: own + 1e-6 * foreign,
    "less itself": lambda own, foreign: own + foreign - foreign,
    "foreign + one made by hand": lambda _own, foreign: foreign + SteeringVector(foreign.directions),
    "one made by hand + foreign": lambda _own, foreign: SteeringVector(foreign.directions) + foreign,
}


@pytest.mark.parametrize("add", SUMS.values(), ids=SUMS)
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_sum_with_a_vector_of_other_weights_is_refused_unless_it_is_forced(
    use: Use, add: Callable[[SteeringVector, SteeringVector], SteeringVector]
) -> None:
    model = tiny_model("qwen2")
    mixed = add(vector_of(model), vector_of(tiny_model("qwen2", seed=1)))
    with pytest.raises(VectorError, match=r"made for something else \(weights \w+( \+ \w+)?, here \w+\)"):
        use(model, Intervention(mixed))
    use(model, Intervention(mixed, forced=True))


@pytest.mark.parametrize("key", ["model_type", "weights", "tokenizer", "template", "site"])
def test_no_part_of_where_a_vector_is_from_is_lost_in_a_sum(key: str) -> None:
    model = tiny_model("qwen2")
    own = replace(random_vector(), provenance=made_from(model, (1, 3), model.weights))
    other = replace(own, provenance={**own.provenance, key: "another"})
    for mixed in (own + other, other + own, other + random_vector(), other - own):
        assert [one.split()[0] for one in differences(Intervention(mixed), model.loaded)] == [key]


def beside(part: str, vector: SteeringVector) -> Intervention:
    """An intervention that goes by another vector beside its own."""
    own = random_vector((1, 3))
    if part == "second":
        return Intervention(own, operation="rotate(angle=20)", second=vector)
    return Intervention(own, when="similarity > -0.99", condition=vector.only([1]))


@pytest.mark.parametrize("part", ["second", "condition"])
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_every_vector_that_an_intervention_goes_by_has_to_fit(use: Use, part: str) -> None:
    model = tiny_model("qwen2")
    own = replace(random_vector((1, 3), seed=4), provenance=made_from(model, (1, 3), model.weights))
    other = replace(own, provenance={**own.provenance, "site": "mlp output"})
    use(model, beside(part, own))
    with pytest.raises(VectorError, match=rf"\({part} vector's site mlp output, here block output\)"):
        use(model, beside(part, other))
    use(model, replace(beside(part, other), forced=True))


def test_a_sum_is_applied_where_both_of_its_vectors_were_made() -> None:
    model = tiny_model("qwen2")
    one, other = (
        replace(random_vector((1, 2, 3)), provenance=made_from(model, layers, model.weights))
        for layers in ((1, 2), (2, 3))
    )
    assert differences(Intervention(one + other, [2]), model.loaded) == []
    assert differences(Intervention(one + other), model.loaded) == ["layers 1,2 + 2,3, applied at [1, 3]"]


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_models_own_vector_and_one_made_by_hand_are_applied(use: Use) -> None:
    model = tiny_model("qwen2")
    use(model, Intervention(vector_of(model)))
    use(model, Intervention(random_vector()))


def test_a_vector_of_another_family_is_refused() -> None:
    with pytest.raises(VectorError, match="model_type starcoder2, here qwen2"):
        tiny_model("qwen2").generate(PROMPTS, Intervention(vector_of(tiny_model("starcoder2"))))


def test_a_vector_made_after_the_weights_were_changed_is_applied() -> None:
    model = tiny_model("qwen2", seed=2)
    model.generate(PROMPTS, Intervention(vector_of(model)), max_new_tokens=1)
    next(model.loaded.module.parameters()).data.mul_(2)
    assert len(model.generate(PROMPTS, Intervention(vector_of(model)), max_new_tokens=1)) == len(PROMPTS)


WRITES: dict[str, Callable[[Any], object]] = {
    "a step of training": lambda module: [weight.data.add_(0.01) for weight in module.parameters()],
    "one number, past torch's count": lambda module: (
        module.model.layers[1].mlp.up_proj.weight.data[2, 3].add_(1)
    ),
    "two rows exchanged": lambda module: module.lm_head.weight.data.copy_(module.lm_head.weight.data.flip(0)),
    "another tensor": lambda module: setattr(
        module.model.norm, "weight", module.model.norm.weight.__class__(module.model.norm.weight.data * 2)
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("used", [True, False])
def test_a_vector_of_the_weights_before_a_change_is_refused(
    write: Callable[[Any], object], used: bool, tmp_path: Path
) -> None:
    model = tiny_model("qwen2", seed=6)
    vector = vector_of(model)
    vector.save(tmp_path / "vector.safetensors")
    if used:
        model.generate(PROMPTS[:1], Intervention(vector), max_new_tokens=1)
    write(model.loaded.module)
    for one in (vector, SteeringVector.load(tmp_path / "vector.safetensors")):
        with pytest.raises(VectorError, match="made for something else"):
            model.generate(PROMPTS[:1], Intervention(one), max_new_tokens=1)


def test_the_first_weights_are_remembered() -> None:
    model = tiny_model("qwen2", seed=3)
    first = first_weights(model.loaded.module)
    next(model.loaded.module.parameters()).data.mul_(2)
    assert first_weights(model.loaded.module) == first != model.weights


def test_the_current_weights_follow_what_torch_counts_as_a_write() -> None:
    import torch

    module = tiny_model("qwen2", seed=4).loaded.module
    first = current_weights(module)
    with torch.no_grad():
        next(module.parameters()).mul_(2)
    assert current_weights(module) == fingerprint.weights_fingerprint(module) != first


def test_only_the_first_use_of_a_vector_looks_at_the_weights(request: pytest.FixtureRequest) -> None:
    model = tiny_model("qwen2", seed=5)
    steered = Intervention(vector_of(model))
    model.generate(PROMPTS, steered, max_new_tokens=1)
    request.getfixturevalue("refused_fingerprints")
    assert len(model.generate(PROMPTS, steered, max_new_tokens=1)) == len(PROMPTS)


def test_a_vector_that_fits_is_looked_at_once_until_the_model_is_written_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    looked: list[Intervention] = []

    def noted(one: Intervention, _loaded: object) -> list[str]:
        looked.append(one)
        return []

    monkeypatch.setattr("pytest_steering.models.proving.origin.differences", noted)
    model = tiny_model("qwen2", seed=6)
    steered = Intervention(vector_of(model))
    for _ in range(3):
        model.generate(PROMPTS, [steered, replace(steered, scale=2.0)], max_new_tokens=1)
    assert looked == [steered]
    with torch.no_grad():
        next(model.loaded.module.parameters()).mul_(2)
    model.generate(PROMPTS, steered, max_new_tokens=1)
    assert looked == [steered, steered]


def test_a_vector_that_was_refused_is_refused_again() -> None:
    model, vector = tiny_model("qwen2"), vector_of(tiny_model("qwen2", seed=1))
    for _ in range(2):
        with pytest.raises(VectorError, match="made for something else"):
            model.generate(PROMPTS, Intervention(vector))


def test_a_model_that_was_written_to_no_longer_fits_a_vector_that_did() -> None:
    import torch

    model = tiny_model("qwen2", seed=7)
    first_weights(model.loaded.module)
    with torch.no_grad():
        next(model.loaded.module.parameters()).mul_(2)
    steered = Intervention(vector_of(model))
    model.generate(PROMPTS, steered, max_new_tokens=1)
    with torch.no_grad():
        next(model.loaded.module.parameters()).mul_(2)
    with pytest.raises(VectorError, match=r"weights \w+, here \w+"):
        model.generate(PROMPTS, steered, max_new_tokens=1)
