from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from torch import Tensor
from torch.nn import Module, functional

from pytest_steering.experiments.observation.addition_witness import witness
from pytest_steering.experiments.observation.batched_witness import watch_together
from pytest_steering.experiments.observation.block_watch import settle
from pytest_steering.experiments.observation.foreign_hooks import foreign_hooks
from pytest_steering.experiments.observation.read_distance import read_distance
from pytest_steering.experiments.observation.reader_probe import probe_reader
from pytest_steering.experiments.observation.repetition import repeated
from pytest_steering.models.proving import admission
from pytest_steering.models.proving.fingerprint import count_hooks
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering import operations
from pytest_steering.steering.edit import Edit, Operation
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.operations import operation_named, projection
from pytest_steering.tasks.asked import Asked
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.prompts.question_forms import FORMS
from pytest_steering.tasks.task_registry import find_task
from tests.tiny import ENGINES, FAMILIES, PROMPTS, random_vector, tiny_model
from tools.census.build import build
from tools.census.build import tiny_tokenizer as census_tokenizer


@pytest.fixture(
    scope="module", params=[(family, engine) for family in FAMILIES for engine in ENGINES], ids="-".join
)
def model(request: pytest.FixtureRequest) -> SteerableModel:
    return tiny_model(*request.param)


@pytest.mark.parametrize(
    "positions", ["last", "last_prompt", "prompt", "generated", "all", "all - prompt[:1]"]
)
def test_an_engine_that_does_as_asked_is_seen_to_do_so(model: SteerableModel, positions: str) -> None:
    asked = Intervention(random_vector((1, 3)), positions=positions, scale=2.0)
    seen, failed = witness(model, asked, PROMPTS)
    assert failed == ""
    assert (seen["other_layers"], seen["padding"], seen["prompts_read"]) == ([], "left", True)
    for layer in seen["layers"].values():
        assert layer["exact"]
        assert layer["asked"] == layer["steered"] > 0
        assert (layer["elsewhere"], layer["pads"], layer["shape"]) == (0, 0, "")
        assert layer["cosine"] == pytest.approx(1.0, abs=1e-4)
        assert layer["ratio"] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("positions", ["last", "last_prompt", "prompt", "generated", "all", "prompt[-2:]"])
@pytest.mark.parametrize("sharing", ["tree", "copies", "none"])
def test_several_arms_in_one_batch_are_seen_to_be_steered_as_asked(
    model: SteerableModel, positions: str, sharing: str
) -> None:
    asked = Intervention(random_vector((1, 3)), positions=positions, scale=2.0)
    seen = watch_together(replace(model, sharing=sharing), asked, PROMPTS[2:])
    assert seen["steered"] == seen["asked"]
    assert min(seen["asked"]) > 0
    assert (seen["nobodys"], seen["other_layers"]) == (0, [])
    if positions == "last" and model.engine_name == "hooks":
        assert seen["sharing"].split(";")[0] == sharing


@pytest.mark.parametrize("positions", ["last", "all"])
def test_an_ablation_that_is_done_as_asked_is_seen_to_be(model: SteerableModel, positions: str) -> None:
    asked = Intervention(random_vector((1, 3)), operation="ablate", positions=positions)
    seen, failed = witness(model, asked, PROMPTS)
    assert (failed, seen["other_layers"]) == ("", [])
    for layer in seen["layers"].values():
        assert layer["exact"]
        assert layer["asked"] == layer["steered"] > 0
        assert (layer["elsewhere"], layer["pads"]) == (0, 0)
        assert layer["spread"] < 1e-3
        assert 0 < layer["asked_norm"] < layer["state_norm"]
    for sharing in ("tree", "copies", "none"):
        beside = watch_together(replace(model, sharing=sharing), asked, PROMPTS[2:])
        assert beside["steered"] == beside["asked"]
        assert min(beside["asked"]) > 0
        assert (beside["nobodys"], beside["other_layers"]) == (0, [])


@pytest.mark.parametrize("late", [{"positions": "generated[6:8]"}, {"schedule": "window(start=6, stop=8)"}])
def test_tokens_that_are_steered_late_in_an_answer_are_watched_too(late: dict[str, Any]) -> None:
    model, asked = tiny_model("qwen2"), Intervention(random_vector((1, 3)), **late)
    (short, _), (long, failed) = (witness(model, asked, PROMPTS, most) for most in (4, 12))
    assert {layer["asked"] for layer in short["layers"].values()} == {0}
    for layer in long["layers"].values():
        assert layer["asked"] == layer["steered"] > 0
        assert layer["exact"]
    assert failed == ""


def test_the_proof_of_an_operation_is_over_before_a_model_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "proof_key", lambda *_: None)
    seen, failed = witness(tiny_model("qwen2"), Intervention(random_vector(), operation="ablate"), PROMPTS)
    assert (failed, seen["prompts_read"]) == ("", True)


@pytest.mark.parametrize(
    ("asked", "done", "spread"), [("ablate", "add", 0.05), ("add", "ablate", 0.05), ("ablate", "ablate", 0.0)]
)
def test_another_operation_than_the_asked_one_is_seen(
    asked: str, done: str, spread: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, right = tiny_model("qwen2"), Intervention.edit
    intervention = Intervention(random_vector(), operation=asked, positions="all")
    model.require([intervention])

    def wrong(self: Intervention, layer: int, share: float = 1.0) -> Edit:
        return replace(right(self, layer, share), operation=operation_named(done))

    monkeypatch.setattr(Intervention, "edit", wrong)
    seen, failed = witness(model, intervention, PROMPTS)
    assert failed == "", "the engine's own check was told the same"
    for layer in seen["layers"].values():
        assert layer["exact"] == (asked == done)
        assert layer["spread"] >= spread


def test_states_that_an_operation_leaves_as_they_are_are_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_side(states: Tensor, direction: Tensor, strength: float) -> Tensor:
        along = projection(states, direction)
        return states - strength * along * ((along * direction).sum(-1, keepdim=True) > 0)

    monkeypatch.setitem(operations.OPERATIONS, "one_side", Operation("one_side", one_side))
    model, asked = tiny_model("qwen2"), Intervention(random_vector(), operation="one_side", positions="all")
    seen, failed = witness(model, asked, PROMPTS)
    whole, _ = witness(model, replace(asked, operation="ablate"), PROMPTS)
    assert failed == ""
    for name, layer in seen["layers"].items():
        assert 0 < layer["asked"] == layer["steered"] < whole["layers"][name]["asked"]
        assert layer["exact"]
    beside = watch_together(model, asked, PROMPTS)
    assert beside["steered"] == beside["asked"]
    assert beside["nobodys"] == 0


def test_a_model_without_a_cache_is_seen_to_steer_each_token_once_though_it_reads_all_again() -> None:
    model = SteerableModel.wrap(build("openai-gpt"), census_tokenizer(), name="openai-gpt")
    vector = random_vector((0,), model.architecture.hidden_size)
    texts = ["w3 w14 w15 w9", "w7 w9 w3", "w12 w13"]
    for positions in ("last", "all"):
        seen = watch_together(model, Intervention(vector, positions=positions), texts)
        assert seen["steered"] == seen["asked"]
        assert (seen["nobodys"], seen["other_layers"]) == (0, [])


def test_a_vector_of_zeros_asks_for_nothing_beside_other_arms() -> None:
    model = tiny_model("qwen2")
    seen = watch_together(model, Intervention(0.0 * random_vector()), PROMPTS)
    assert (seen["asked"], seen["steered"], seen["nobodys"]) == ([0, 0, 0], [0, 0, 0], 0)


def test_states_are_read_where_vectors_are_added(model: SteerableModel) -> None:
    assert set(read_distance(model, [0, 4], PROMPTS[:2]).values()) == {0.0}


def test_looking_leaves_nothing_on_the_model(model: SteerableModel) -> None:
    witness(model, Intervention(random_vector()), PROMPTS)
    before = count_hooks(model.loaded.module), model.weights
    first = model.generate(PROMPTS, max_new_tokens=4)
    witness(model, Intervention(random_vector()), PROMPTS)
    assert (count_hooks(model.loaded.module), model.weights) == before
    assert model.generate(PROMPTS, max_new_tokens=4) == first


def test_hooks_of_others_are_named_by_their_place() -> None:
    module = tiny_model("qwen2").loaded.module
    assert foreign_hooks(module) == []
    handle = module.get_submodule("model.layers.2").register_forward_hook(lambda *_: None)
    assert [name.partition(":")[0] for name in foreign_hooks(module)] == ["model.layers.2"]
    handle.remove()
    assert foreign_hooks(module) == []


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_text_reader_reads_planted_answers_and_the_keyword_reader_does_not(form: str) -> None:
    assert probe_reader(find_task("twins", form=form)) == {"asked": 6, "wrong": []}
    assert "an empty answer" in str(probe_reader(find_task("twins", form=form, reader="keywords"))["wrong"])


def test_the_same_rows_are_computed_to_the_same_bits_with_and_without_an_answer(
    model: SteerableModel,
) -> None:
    asked = [Asked(Sample(f"s{n}", prompt), prompt) for n, prompt in enumerate(PROMPTS)]
    settle(model, (1, 3), PROMPTS)
    seen = repeated(model, Intervention(random_vector((1, 3)), scale=2.0), 4, asked)
    assert seen["passes"] > 0
    assert (seen["differ"], seen["passes_differ"]) == (0, 0)


def test_a_little_dropout_that_changes_no_answer_is_seen(model: SteerableModel) -> None:
    asked = [Asked(Sample(f"s{n}", prompt), prompt) for n, prompt in enumerate(PROMPTS)]
    settle(model, (1, 3), PROMPTS)
    block = model.loaded.module.get_submodule(model.architecture.blocks[1].path)
    handle = block.register_forward_hook(_dropped)
    try:
        seen = repeated(model, Intervention(random_vector((1, 3)), scale=2.0), 4, asked)
    finally:
        handle.remove()
    assert seen["passes_differ"] > 0


def _dropped(_module: Module, _args: object, output: Any) -> Any:
    """Dropout of .001 where the block hands its state on, whatever mode it is in."""
    state = output if isinstance(output, Tensor) else output[0]
    kept = functional.dropout(state, 0.001, True)
    return kept if isinstance(output, Tensor) else (kept, *output[1:])
