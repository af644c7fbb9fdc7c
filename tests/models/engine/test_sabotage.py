"""An engine that does something else than asked is caught; the faults are put below the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from torch import Tensor

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.running.batching import TokenBatch
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.tiny import ENGINES, FAMILIES, PROMPTS, random_vector

Edit = Callable[[EditSession, int, Tensor], Tensor]

edit = EditSession.edit


def decoding(session: EditSession) -> bool:
    return len(session.trace.forwards) > 1


def not_in_decode(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return state if decoding(session) else edit(session, layer, state)


def not_at_one_layer(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return state if layer == 3 else edit(session, layer, state)


def only_the_first_sample(session: EditSession, layer: int, state: Tensor) -> Tensor:
    edited = state.clone()
    edited[0] = edit(session, layer, state)[0]
    return edited


def wrong_sign(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return 2 * state - edit(session, layer, state)


def halved(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return (state + edit(session, layer, state)) / 2


def tenfold(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return state + 10 * (edit(session, layer, state) - state)


def every_column(session: EditSession, layer: int, state: Tensor) -> Tensor:
    edited = edit(session, layer, state)
    return state + (edited - state).sum(1, keepdim=True)


def one_token_late(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return state + (edit(session, layer, state) - state).roll(1, dims=1)


def rounded(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return edit(session, layer, state).half().to(state.dtype)


def the_other_layers_direction(session: EditSession, layer: int, state: Tensor) -> Tensor:
    edited = edit(session, layer, state)
    (row,) = {id(row): row for row in session.rows if row}.values()
    swapped = row.parts[0].delta(4 - layer) - row.parts[0].delta(layer)
    return edited + swapped * (edited != state).any(-1, keepdim=True)


FAULTS = [
    not_in_decode,
    not_at_one_layer,
    only_the_first_sample,
    wrong_sign,
    halved,
    tenfold,
    every_column,
    one_token_late,
    rounded,
    the_other_layers_direction,
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_sabotaged_engine_is_caught(
    fault: Edit, engine: str, model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    intervention = Intervention(random_vector(), scale=3.0)
    for family in FAMILIES:
        model = model_of(family, engine)
        assert model.generate(PROMPTS, intervention, max_new_tokens=3)
        with monkeypatch.context() as patched:
            patched.setattr(EditSession, "edit", fault)
            with pytest.raises(InterventionError) as caught:
                model.generate(PROMPTS, intervention, max_new_tokens=3)
            assert "\n" not in str(caught.value).strip() or engine == "nnsight"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "fault", [wrong_sign, halved, only_the_first_sample], ids=lambda fault: fault.__name__
)
def test_the_first_steered_pass_is_checked_where_the_prompt_is_not_steered(
    fault: Edit, engine: str, model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EditSession, "edit", fault)
    with pytest.raises(InterventionError):
        model_of("starcoder2", engine).generate(
            PROMPTS, Intervention(random_vector(), scale=3.0, positions="generated"), max_new_tokens=4
        )


@pytest.mark.parametrize(
    "fault", [wrong_sign, halved, only_the_first_sample], ids=lambda fault: fault.__name__
)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_sabotaged_scoring_pass_is_caught(
    fault: Edit, engine: str, model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EditSession, "edit", fault)
    with pytest.raises(InterventionError):
        model_of("qwen2", engine).choice_logprobs(
            PROMPTS, [" w3", " w4 w5"], [Intervention(random_vector(), scale=3.0)]
        )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_whose_pads_are_told_wrong_is_caught(
    engine: str, model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = TokenBatch.__init__

    def padded_elsewhere(self: TokenBatch, *args: Any, **kwargs: Any) -> None:
        created(self, *args, **kwargs)
        object.__setattr__(self, "pads", tuple(0 for _ in self.pads))

    monkeypatch.setattr(TokenBatch, "__init__", padded_elsewhere)
    with pytest.raises(InterventionError):
        model_of("starcoder", engine).generate(
            PROMPTS, Intervention(random_vector(), scale=3.0), max_new_tokens=3
        )


def test_an_engine_without_any_hook_is_caught(model_of: ModelOf, monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_steering.models.engine.hooks import HooksEngine

    monkeypatch.setattr(HooksEngine, "_calls_by_module", lambda _self, _layers: {})
    with pytest.raises(InterventionError, match="layer 1 did not run, so 5 tokens were not steered"):
        model_of("starcoder2").generate(PROMPTS, Intervention(random_vector()), max_new_tokens=2)
