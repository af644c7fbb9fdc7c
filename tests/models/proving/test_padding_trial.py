"""Rows beside longer ones write what they write alone, or the model runs row by row."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.proving.padding_trial import padding_fault
from pytest_steering.models.proving.proof import prove
from pytest_steering.models.steerable import SteerableModel
from tests.tiny import ENGINES, tiny_module
from tests.tiny import tiny_tokenizer as plain_tokenizer
from tools.census.build import build, tiny_tokenizer


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def by_column(module: Any) -> Any:
    """Let a model's own `generate` number positions by column, whatever the mask says."""
    import torch

    own = module.prepare_inputs_for_generation

    def prepare(self: Any, input_ids: Any, attention_mask: Any = None, **options: Any) -> Any:
        found = own(input_ids, attention_mask=attention_mask, **options)
        if attention_mask is None:  # `generate` drops a mask that hides nothing
            return found
        read = found["input_ids"].shape[1]
        past = attention_mask.shape[1] - read
        found["position_ids"] = torch.arange(past, past + read)[None].expand(input_ids.shape[0], -1)
        return found

    module.prepare_inputs_for_generation = types.MethodType(prepare, module)
    return module


@pytest.mark.parametrize("model_type", ["git", "reformer"])
def test_a_model_that_decodes_otherwise_beside_a_longer_prompt_runs_row_by_row(
    model_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    model = SteerableModel.wrap(build(model_type), tiny_tokenizer())
    assert model.batch_rows == 1
    assert "a row of 4 tokens beside one of 7" in caplog.text
    short, long = "w9 w4 w70 w3", " ".join(f"w{3 + 7 * n % 90}" for n in range(20))
    alone, beside = model.generate([short], max_new_tokens=6), model.generate([short, long], max_new_tokens=6)
    assert alone[0] == beside[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_positions_by_column_in_generate_alone_are_seen_by_both_engines(engine: str) -> None:
    loaded = as_loaded(by_column(tiny_module("starcoder")), plain_tokenizer())
    proof = prove(loaded, make_engine(engine, loaded))
    assert proof.holds
    assert "rows write beside each other what each writes alone" in proof.alone


@pytest.mark.parametrize("lengths", [(7, 4), (30, 3), (33, 15)])
def test_a_sound_model_writes_the_same_beside_rows_of_any_length(lengths: tuple[int, ...]) -> None:
    loaded = as_loaded(tiny_module("qwen2"), plain_tokenizer())
    assert padding_fault(loaded, make_engine("hooks", loaded), lengths) == ""
