from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.errors import ModelError
from pytest_steering.models.loading import planning
from pytest_steering.models.loading.footprint import Sizes
from pytest_steering.models.loading.free_memory import _control_groups, free_memory
from pytest_steering.models.loading.planning import GIBIBYTE, plan, plan_config
from pytest_steering.models.steerable import SteerableModel
from tests.models.loading.test_memory import config_of
from tests.tiny import FAMILIES, tiny_config, tiny_module, tiny_tokenizer


@pytest.fixture
def host_with(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let a device have so many GiB free."""
    return lambda gib: monkeypatch.setattr(planning, "free_memory", lambda _device: int(gib * GIBIBYTE))


def test_the_need_of_starcoder2_15b_is_that_of_its_config() -> None:
    need = Sizes.of(config_of("starcoder2-15b")).need("bfloat16", rows=4, tokens=2048)
    assert need.weights == pytest.approx(16e9 * 2, rel=0.02)
    # 40 layers × keys and values × 4 heads of 128 × 2 bytes
    assert need.cache == 4 * 2048 * 40 * 2 * 4 * 128 * 2


def test_a_multi_query_model_keeps_one_key_a_layer() -> None:
    need = Sizes.of(config_of("starcoderbase-1b")).need("float32", rows=1, tokens=100)
    assert need.cache == 100 * 24 * 2 * 128 * 4


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_and_cache_are_those_of_the_model_in_memory(family: str) -> None:
    import torch

    module = tiny_module(family)
    with torch.no_grad():
        cache = module(torch.arange(20).reshape(2, 10), use_cache=True).past_key_values
    need = Sizes.of(tiny_config(family)).need("float32", rows=2, tokens=10)
    assert need.weights == 4 * sum(parameter.numel() for parameter in module.parameters())
    assert need.cache == sum(4 * (layer.keys.numel() + layer.values.numel()) for layer in cache.layers)


def test_a_model_that_does_not_fit_is_refused_with_numbers_and_with_what_would(host_with: Any) -> None:
    host_with(40)
    with pytest.raises(ModelError) as caught:
        plan_config("starcoder2-15b", config_of("starcoder2-15b"), "cpu", rows=4, tokens=2048)
    said = str(caught.value)
    assert "in float32 (weights 59." in said
    assert "4 rows of 2048 tokens), and 40.0 GiB are free on cpu" in said
    assert "dtype bfloat16 or int8 quantisation or int4 quantisation would fit" in said


def test_fewer_rows_are_advised_where_they_are_what_is_too_much(host_with: Any) -> None:
    host_with(64)
    with pytest.raises(ModelError, match=r"or 2 rows would fit"):
        plan_config("15b", config_of("starcoder2-15b"), "cpu", dtype="float32", rows=64, tokens=2048)


def test_where_nothing_would_fit_it_says_so(host_with: Any) -> None:
    host_with(1)
    with pytest.raises(ModelError, match="nothing smaller fits here either"):
        plan_config("15b", config_of("starcoder2-15b"), "cpu")


def test_a_model_that_fits_gets_a_plan(host_with: Any) -> None:
    host_with(64)
    found = plan_config("7b", config_of("qwen2.5-7b"), "cpu", dtype="bfloat16")
    assert found.fits
    assert found.need.total < found.free == 64 * GIBIBYTE


def test_an_unknown_dtype_is_one_clear_sentence() -> None:
    with pytest.raises(ModelError, match="dtype 'float8' is not known"):
        plan_config("tiny", tiny_config("qwen2"), "cpu", dtype="float8")


def test_what_does_not_fit_is_refused_before_any_weight_is_read(tmp_path: Path, host_with: Any) -> None:
    large = tiny_config("qwen2", hidden_size=8192, intermediate_size=32768, num_hidden_layers=9)
    (tmp_path / "config.json").write_text(json.dumps(large.to_dict()))
    host_with(2)
    with pytest.raises(ModelError, match=r"needs .* GiB in float32"):
        SteerableModel.load(str(tmp_path), device="cpu")
    with pytest.raises(ModelError, match=r"needs .* GiB in float32"):
        plan(str(tmp_path), "cpu")


def test_what_fits_is_loaded(tmp_path: Path) -> None:
    tiny_module("qwen2").save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    assert plan(str(tmp_path), "cpu", rows=8).fits
    assert SteerableModel.load(str(tmp_path), device="cpu").architecture.num_layers == 5


@pytest.mark.parametrize(("limit", "expected"), [("5000", [(5000, 1000)]), ("max", [])])
def test_the_limit_of_a_control_group_counts_and_its_file_cache_does_not(
    tmp_path: Path, limit: str, expected: list[tuple[int, int]]
) -> None:
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text("3000")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 2000\n")
    assert list(_control_groups(tmp_path)) == expected


def test_free_memory_is_what_the_host_has() -> None:
    import psutil

    assert 0 < free_memory("cpu") <= psutil.virtual_memory().total
