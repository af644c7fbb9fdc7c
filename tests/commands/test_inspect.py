from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import SteerableModel
from pytest_steering.cli import main
from pytest_steering.commands.inspection import memory_fit
from pytest_steering.commands.inspection.blocks import architecture_section
from pytest_steering.commands.inspection.memory_fit import memory_section, size_text
from pytest_steering.commands.inspection.prompt_form import template_section
from pytest_steering.commands.inspection.settings_hint import state_norms
from pytest_steering.models.loading.footprint import Sizes
from tests.tiny import tiny_tokenizer


def inspected(words: list[str], capsys: pytest.CaptureFixture[str]) -> Any:
    assert main(["inspect", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_model_is_told_with_its_proof_and_what_fits(capsys: pytest.CaptureFixture[str]) -> None:
    found = inspected(["starcoder2"], capsys)

    assert found["architecture"]["layer_path"] == "model.layers"
    assert (found["architecture"]["num_layers"], found["architecture"]["hidden_size"]) == (4, 96)
    assert found["proof"]["holds"] is True
    assert found["proof"]["claims"][0].startswith("holds: ")
    # 2 kv heads of 24 numbers in 4 blocks, keys and values, 4 bytes each.
    assert found["memory"]["cache_per_token"] == 2 * 4 * 2 * 24 * 4
    assert found["settings"]["layers"] == [1, 2, 3]
    assert set(found["settings"]["state_norms"]) == {"1", "2", "3"}


def test_the_config_alone_tells_the_same_but_for_the_proof_and_the_states(
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole, alone = inspected(["qwen2"], capsys), inspected(["qwen2", "--config-only"], capsys)

    assert alone["architecture"] == whole["architecture"]
    assert alone["chat template"] == whole["chat template"]
    assert "holds" not in alone["proof"]
    assert alone["settings"]["state_norms"] == {}


def test_people_read_lines_no_wider_than_their_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    assert main(["inspect", "starcoder", "--config-only"]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 70
    assert "  blocks        transformer.h, 4 of them, numbered 0 to 3" in lines


def test_a_model_that_does_not_fit_is_status_1_with_what_would(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in ("commands.inspection.memory_fit", "models.loading.planning"):
        monkeypatch.setattr(f"pytest_steering.{place}.free_memory", lambda _: 1_500_000)
    assert main(["inspect", "starcoder2"]) == 1
    said = capsys.readouterr().out
    assert "fits          no" in said
    assert "wanting: memory: starcoder2 needs" in said


def test_the_batch_that_fits_is_the_largest_half_that_is_free(starcoder2: SteerableModel) -> None:
    config = starcoder2.loaded.module.config
    sizes = Sizes.of(config)
    free = sizes.need("float32", 9, memory_fit.TOKENS).total
    assert memory_fit._most_rows(sizes, "float32", free) == 8
    assert memory_section("m", config, "cpu", "auto").data["dtype"] == "float32"


@pytest.mark.parametrize(("size", "text"), [(12, "12 bytes"), (2048, "2.0 KiB"), (3 << 40, "3072.0 GiB")])
def test_bytes_are_told_in_their_unit(size: int, text: str) -> None:
    assert size_text(size) == text


def test_what_was_not_taken_for_blocks_is_told_with_its_reason(starcoder2: SteerableModel) -> None:
    found = replace(starcoder2.architecture, rejected=(("vision.layers", "is another tower"),))
    assert architecture_section(found).rows["not taken"] == "vision.layers: is another tower"


def test_a_template_is_shown_as_it_renders_and_a_doubled_beginning_is_named() -> None:
    tokenizer = tiny_tokenizer()
    assert template_section(tokenizer).data == {"template": False}

    class Doubling:
        chat_template = "a template"
        bos_token, bos_token_id = "<s>", 1

        def apply_chat_template(self, messages: Any, **_: object) -> str:
            return "<s>" + " ".join(one["content"] for one in messages)

        def __call__(self, _text: str) -> dict[str, list[int]]:
            return {"input_ids": [1, 1, 5]}

    found = template_section(Doubling())
    assert found.data["rendered"] == "<s>What is the capital of France?"
    assert "'<s>', and so does the tokenizer" in found.rows["warnings"]


def test_the_length_of_states_is_that_of_the_hooks(starcoder2: SteerableModel) -> None:
    import torch

    from pytest_steering.experiments.neutral_texts import load_neutral

    found = state_norms(starcoder2)
    module, lengths = starcoder2.loaded.module, []
    for text in load_neutral()[:8]:
        kept: list[torch.Tensor] = []
        hook = module.model.layers[3].register_forward_hook(lambda *said, kept=kept: kept.append(said[2]))
        module(torch.tensor(starcoder2.tokens([text])))
        hook.remove()
        lengths += kept[0][0, 1:].norm(dim=-1).tolist()
    assert found[3] == pytest.approx(sorted(lengths)[len(lengths) // 2], rel=0.02)


def test_a_weight_that_is_no_number_is_status_1(
    tmp_path: Path, starcoder2: SteerableModel, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    import torch
    from safetensors.torch import load_file, save_file

    from pytest_steering.models.loading.specs import resolve_model

    folder = Path(shutil.copytree(resolve_model("starcoder2").source, tmp_path / "broken"))
    weights = load_file(folder / "model.safetensors")
    next(iter(weights.values()))[0] = torch.nan
    save_file(weights, folder / "model.safetensors", {"format": "pt"})

    assert main(["inspect", str(folder)]) == 1
    assert "wanting: proof: " in capsys.readouterr().out
