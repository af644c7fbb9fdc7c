from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from pytest_steering.models.engine.watching import CALL, FORWARD, replaced, watching
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.models.toys import toy
from tests.tiny import ENGINES, LAYERS, PROMPTS, random_vector, tiny_model, tiny_tokenizer

LONG = PROMPTS[2:3]


class Notes:
    """Everything that was told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []
        self.computed_states: dict[int, Tensor] = {}
        self.last: dict[int, Tensor] = {}

    def begin(self, ids: Tensor, _mask: Tensor | None) -> None:
        self.told.append(("pass", int(ids.shape[1])))

    def computed(self, layer: int, state: Tensor) -> None:
        self.told.append(("computed", layer))
        self.computed_states[layer] = state

    def handed_on(self, layer: int, state: Tensor) -> None:
        self.told.append(("handed on", layer))
        self.last[layer] = state.clone()


def looking(model: SteerableModel, notes: Notes, **options: Any) -> Any:
    told = {"begin": notes.begin, "handed_on": notes.handed_on, **options}
    return watching(model.loaded.module, model.architecture, **told)


def marks(model: SteerableModel) -> list[str]:
    """What stands on the model's own modules in the place of a call."""
    parts = model.loaded.module.named_modules()
    return [f"{path} {name}" for path, part in parts for name in (CALL, FORWARD) if name in part.__dict__]


@pytest.mark.parametrize("engine", ENGINES)
def test_each_pass_and_each_block_is_told_in_the_order_in_which_it_runs(
    engine: str, model_of: ModelOf
) -> None:
    model, notes = model_of("qwen2", engine), Notes()
    model.generate(LONG, max_new_tokens=2)
    before = marks(model)
    with looking(model, notes, computed=notes.computed):
        model.generate(LONG, max_new_tokens=2)
    blocks = [(what, layer) for layer in range(LAYERS) for what in ("computed", "handed on")]
    assert notes.told == [("pass", 8), *blocks, ("pass", 1), *blocks]
    assert marks(model) == before


@pytest.mark.parametrize("engine", ENGINES)
def test_what_an_engine_writes_lies_between_the_two_states(engine: str, model_of: ModelOf) -> None:
    model, notes, vector = model_of("starcoder2", engine), Notes(), random_vector((2,))
    model.generate(PROMPTS[:1], max_new_tokens=1)
    with looking(model, notes, computed=notes.computed):
        model.generate(PROMPTS[:1], Intervention(vector, positions="all"), max_new_tokens=1)
    for layer in range(LAYERS):
        wanted = notes.computed_states[layer] + (vector.directions[2] if layer == 2 else 0)
        assert torch.equal(notes.last[layer], wanted)


def test_a_computed_state_is_a_copy_into_which_no_hook_writes(model_of: ModelOf) -> None:
    model, notes = model_of("qwen2"), Notes()

    def clear(_module: Any, _args: Any, output: Any) -> None:
        (output[0] if isinstance(output, tuple) else output).zero_()

    handle = model.loaded.module.get_submodule("model.layers.1").register_forward_hook(clear)
    with looking(model, notes, computed=notes.computed):
        model.generate(LONG, max_new_tokens=1)
    handle.remove()
    assert notes.computed_states[1].any()
    assert not notes.last[1].any()


def test_a_block_that_runs_several_times_is_told_by_the_number_of_its_call() -> None:
    model, notes = SteerableModel.wrap(toy(rounds=3), tiny_tokenizer()), Notes()
    read = model.hidden_states(PROMPTS[:1], "all", "last_prompt")
    with looking(model, notes):
        model.generate(PROMPTS[:1], max_new_tokens=1)
    assert notes.told == [("pass", 5), *(("handed on", layer) for layer in range(len(read)))]
    assert all(torch.equal(notes.last[layer][0, -1], state[0]) for layer, state in read.items())


def test_blocks_compute_as_they_are_where_nobody_asks_what_they_compute() -> None:
    model, notes = tiny_model("qwen2"), Notes()
    with looking(model, notes):
        assert {mark.partition(" ")[2] for mark in marks(model)} == {CALL}


def test_one_watcher_within_another_sees_the_same_and_the_model_is_left_as_it_was() -> None:
    model, outer, inner = tiny_model("qwen2"), Notes(), Notes()
    with looking(model, outer), looking(model, inner, computed=inner.computed):
        model.generate(LONG, max_new_tokens=1)
    assert [told for told in inner.told if told[0] != "computed"] == outer.told
    assert marks(model) == []


def test_a_watcher_that_breaks_off_leaves_the_model_as_it_was() -> None:
    model, notes = tiny_model("qwen2"), Notes()

    def broken(_layer: int, _state: Tensor) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), looking(model, notes, computed=broken):
        model.generate(LONG, max_new_tokens=1)
    assert marks(model) == []


def test_what_stood_on_an_object_itself_is_put_back_and_what_its_class_gave_it_comes_back() -> None:
    class Owner:
        def call(self) -> str:
            return "class"

    owner = Owner()
    with replaced(owner, "call", lambda found: lambda: f"first {found()}"):
        with replaced(owner, "call", lambda found: lambda: f"second {found()}"):
            assert owner.call() == "second first class"
        assert owner.call() == "first class"
    assert owner.call() == "class"
    assert "call" not in vars(owner)
