"""The proof holds for what is sound, and each of its claims fails for a fault of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.base import LoadedModel
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.engine.hooks import HooksEngine
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.loading.specs import DEFAULT_MODELS
from pytest_steering.models.proving import admission, proof_cache
from pytest_steering.models.proving.proof import DECODE, Proof, prove
from pytest_steering.models.proving.proof_cache import cache_folder, proof_key
from pytest_steering.models.proving.reading_trials import LONG
from pytest_steering.models.proving.witness import same_bits
from pytest_steering.models.running.batching import TokenBatch
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.source_hash import OURS
from tests.models.toys import toy
from tests.tiny import ENGINES, FAMILIES, tiny_config, tiny_tokenizer

edit = EditSession.edit


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def tiny(family: str = "qwen2", **options: Any) -> LoadedModel:
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    module = AutoModelForCausalLM.from_config(tiny_config(family), **options).eval()
    return as_loaded(module, tiny_tokenizer())


def failing(proof: Proof) -> list[str]:
    return [check.claim for check in proof.failures]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_three_families_are_proven_by_both_engines(family: str, engine: str) -> None:
    loaded = tiny(family)
    proof = prove(loaded, make_engine(engine, loaded))
    assert proof.holds, str(proof)
    assert not proof.alone
    assert not any(check.note for check in proof.checks), "every claim was tried in full"


def test_steering_that_stops_after_the_prompt_fails_the_claim_on_decoding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def prompt_only(session: EditSession, layer: int, state: Tensor) -> Tensor:
        edited = edit(session, layer, state)
        return edited if len(session.trace.forwards) == 1 else state

    monkeypatch.setattr(EditSession, "edit", prompt_only)
    loaded = tiny()
    proof = prove(loaded, make_engine("hooks", loaded))
    assert failing(proof) == [DECODE]
    assert "in forward pass 1 at layer 0" in str(proof)


def test_steering_of_the_first_sample_alone_is_not_done_with_several(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def first_sample(session: EditSession, layer: int, state: Tensor) -> Tensor:
        edited = state.clone()
        edited[0] = edit(session, layer, state)[0]
        return edited

    monkeypatch.setattr(EditSession, "edit", first_sample)
    assert SteerableModel.wrap(tiny().module, tiny_tokenizer()).batch_rows == 1
    assert "rows [1] of 3 differ" in caplog.text


def test_a_model_that_fails_is_refused_with_the_report_and_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def wrong_sign(session: EditSession, layer: int, state: Tensor) -> Tensor:
        return 2 * state - edit(session, layer, state)

    monkeypatch.setattr(EditSession, "edit", wrong_sign)
    with pytest.raises(ModelError, match=r"cannot be steered as it should be:\nsteering model\.layers"):
        SteerableModel.wrap(tiny().module, tiny_tokenizer())
    assert not cache_folder().exists()


class Faulty(HooksEngine):
    """Does something besides, in each run that steers."""

    def __init__(self, loaded: LoadedModel, besides: Callable[[Any], object]) -> None:
        super().__init__(loaded)
        self.besides = besides

    def logits(self, batch: TokenBatch, session: EditSession, columns: int) -> Tensor:
        logits = super().logits(batch, session, columns)
        if session.layers:
            self.besides(self._loaded.module)
        return logits


def nudge(module: Any) -> None:
    with torch.no_grad():
        module.lm_head.weight += 1e-3


def hook(module: Any) -> None:
    module.register_forward_hook(lambda *_: None)


@pytest.mark.parametrize(
    ("besides", "claim"),
    [
        (nudge, "without the intervention the logits are what they were, in every bit"),
        (hook, "no hook is left"),
    ],
)
def test_what_an_engine_leaves_behind_is_found(besides: Callable[[Any], object], claim: str) -> None:
    loaded = tiny()
    assert claim in failing(prove(loaded, Faulty(loaded, besides)))


def test_a_model_that_is_not_deterministic_proves_nothing() -> None:
    loaded = tiny()
    loaded.module.lm_head.register_forward_hook(lambda _m, _a, out: out + torch.rand(()))
    assert "two unsteered runs agree in every bit" in failing(prove(loaded, make_engine("hooks", loaded)))


def test_a_model_whose_answers_depend_on_padding_runs_one_row_at_a_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    model = SteerableModel.wrap(toy(), tiny_tokenizer())
    assert model.batch_rows == 1
    assert "ToyModel runs one row at a time" in caplog.text
    assert "left padding" in caplog.text


def test_a_proof_is_run_once_and_then_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []

    def counted(*arguments: Any) -> Proof:
        runs.append("run")
        return prove(*arguments)

    monkeypatch.setattr(admission, "prove", counted)
    for _ in range(3):
        SteerableModel.wrap(tiny().module, tiny_tokenizer())
    assert runs == ["run"]
    (kept,) = cache_folder().glob("*.json")
    kept.write_text("{", encoding="utf-8")
    SteerableModel.wrap(tiny().module, tiny_tokenizer())
    assert runs == ["run", "run"], "a file that cannot be read is no proof"
    assert json.loads(kept.read_text(encoding="utf-8"))["layer_path"] == "model.layers"


def test_a_proof_holds_for_one_way_to_build_and_run_a_model_alone() -> None:
    keys = {
        proof_key(tiny(), "hooks"),
        proof_key(tiny(), "nnsight"),
        proof_key(tiny(dtype=torch.bfloat16), "hooks"),
        proof_key(tiny(attn_implementation="eager"), "hooks"),
        proof_key(tiny("starcoder2"), "hooks"),
    }
    assert len(keys) == 5
    assert None not in keys
    assert proof_key(tiny(), "hooks") in keys


@pytest.mark.parametrize("written", ["models/engine/hooks.py", "models/proving/proof.py", "steering/edit.py"])
def test_a_proof_holds_for_the_code_that_writes_and_checks_alone(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (OURS / written).is_file()
    monkeypatch.setattr(proof_cache, "OURS", tmp_path)
    (tmp_path / written).parent.mkdir(parents=True)
    (tmp_path / written).write_text("1")
    before = proof_cache._own_source()
    (tmp_path / written).write_text("2")
    assert proof_cache._own_source() != before


def test_a_cache_folder_that_cannot_be_written_only_costs_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert SteerableModel.wrap(tiny().module, tiny_tokenizer()).batch_rows > 1


def test_the_same_bits_are_the_same_even_where_they_are_no_number() -> None:
    nan = torch.tensor([float("nan"), 0.0])
    assert same_bits(nan, nan.clone())
    assert not same_bits(torch.tensor([0.0]), torch.tensor([-0.0]))
    assert not same_bits(torch.tensor([0.0]), torch.tensor([0.0], dtype=torch.float64))


@pytest.mark.parametrize("name", DEFAULT_MODELS)
def test_an_embedded_model_is_found_and_proven_in_thirty_six_passes_and_one_a_block(name: str) -> None:
    loaded = SteerableModel.load(name, device="cpu").loaded
    passes: list[torch.Size] = []
    watch = loaded.module.register_forward_pre_hook(
        lambda _module, _args, given: passes.append(given["input_ids"].shape), with_kwargs=True
    )
    fresh = as_loaded(loaded.module, loaded.tokenizer)
    assert prove(fresh, make_engine("hooks", fresh)).holds
    watch.remove()
    assert len(passes) <= 36 + fresh.architecture.num_layers
    assert max(shape.numel() for shape in passes) <= LONG + 2
