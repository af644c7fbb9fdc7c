"""One model over several devices; with one GPU the host is the other, and each part runs where it lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from pytest_steering.errors import ModelError
from pytest_steering.experiments.environment import numerics_profile
from pytest_steering.models.loading import device_map as under_test
from pytest_steering.models.loading import pretrained
from pytest_steering.models.loading.weights import read_files
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.tiny import FAMILIES, PROMPTS, random_vector, tiny_module, tiny_tokenizer

accelerate = pytest.importorskip("accelerate", reason="pip install accelerate")

FAMILY = "starcoder2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "tiny"
    tiny_module(FAMILY).save_pretrained(path)
    tiny_tokenizer().save_pretrained(path)
    return path


@pytest.mark.parametrize("word", ["auto", "balanced", "balanced_low_0", "sequential"])
def test_a_word_divides_a_model_that_answers_as_before(folder: Path, word: str) -> None:
    alone = SteerableModel.load(str(folder), device="cpu").generate(PROMPTS, max_new_tokens=4)

    assert SteerableModel.load(str(folder), device_map=word).generate(PROMPTS, max_new_tokens=4) == alone


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
def test_the_hooks_of_a_divided_model_change_no_number(engine: str) -> None:
    alone, divided = steerable(engine), steerable(engine, {"": "cpu"})

    for one, other in zip(outcomes(alone), outcomes(divided), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"device_map": "evenly"}, "'evenly' is not known; use auto, balanced, balanced_low_0, sequential"),
        ({"device_map": "auto", "device": "cuda"}, "name one of them"),
        ({"device_map": "auto", "engine": "vllm"}, "vLLM divides a model by itself"),
        ({"device_map": {"": "disk"}}, "leaves weights on disk is refused"),
        ({"device_map": {"": "tpu9"}}, "'tpu9' is not known to torch"),
    ],
)
def test_what_cannot_be_divided_is_refused(folder: Path, options: Mapping[str, Any], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        SteerableModel.load(str(folder), **options)


def test_what_accelerate_offloads_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does with parts that find no room on the devices."""

    def read_and_offload(*asked: Any, **options: Any) -> tuple[Any, Any]:
        module, tokenizer = read_files(*asked, **options)
        accelerate.cpu_offload(module.model.layers[1], execution_device="cpu")
        return module, tokenizer

    monkeypatch.setattr(pretrained, "read_files", read_and_offload)

    with pytest.raises(ModelError, match=r"weights are not in memory \(model.layers.1"):
        SteerableModel.load(str(folder), device_map="auto")


def test_without_accelerate_the_command_that_installs_it_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "find_spec", lambda _name: None)

    with pytest.raises(ModelError, match="pip install accelerate"):
        SteerableModel.load(str(folder), device_map="auto")


@pytest.mark.gpu
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
def test_on_two_devices_a_vector_follows_each_block(
    two_devices: tuple[str, str], family: str, engine: str
) -> None:
    alone, divided = steerable(engine, family=family), steerable(engine, halves(two_devices, family), family)

    assert numerics_profile(divided).startswith(("cuda-", "cpu+cuda-"))
    for one, other in zip(outcomes(alone), outcomes(divided), strict=True):
        torch.testing.assert_close(other, one, rtol=1e-3, atol=1e-3)


@pytest.fixture
def two_devices() -> tuple[str, str]:
    if not torch.cuda.is_available():
        pytest.skip("two devices need a GPU, and torch finds no CUDA device here")
    return ("cuda:0", "cuda:1") if torch.cuda.device_count() > 1 else ("cpu", "cuda:0")


def halves(devices: tuple[str, str], family: str) -> dict[str, str]:
    """The first block and all that stands around the blocks here, the other blocks there."""
    blocks = SteerableModel.wrap(tiny_module(family), tiny_tokenizer()).architecture.layer_path
    around = blocks.rpartition(".")[0]
    ends = {name: devices[0] for name, _ in tiny_module(family).named_children() if name != around}
    inside = tiny_module(family).get_submodule(around)
    parts = {
        f"{around}.{name}": devices[0] for name, _ in inside.named_children() if f"{around}.{name}" != blocks
    }
    count = len(inside.get_submodule(blocks.rpartition(".")[2]))
    return {**ends, **parts, **{f"{blocks}.{n}": devices[min(n, 1)] for n in range(count)}}


def steerable(engine: str, divided: Mapping[str, str] | None = None, family: str = FAMILY) -> SteerableModel:
    module = tiny_module(family)
    if divided is not None:
        module = accelerate.dispatch_model(module, dict(divided), main_device="cpu", force_hooks=True)
    return SteerableModel.wrap(module, tiny_tokenizer(), engine=engine)


def outcomes(model: SteerableModel) -> Iterator[torch.Tensor]:
    """States, also within blocks, and answers of several arms at once, steered on either device."""
    vector = random_vector(layers=(0, 1))
    arms = [None, *(Intervention(vector, layers=(layer,), scale=4.0) for layer in range(2))]
    for site in ("block_output", "attention_output", "mlp_output", "block_input"):
        yield from model.at(site).hidden_states(PROMPTS, (0, 1, 2)).values()
    answers = [one for arm in model.complete(PROMPTS, arms, max_new_tokens=4).arms for one in arm]
    yield from (torch.tensor(one.token_ids) for one in answers)
    yield torch.tensor([one.first_token_kl for one in answers])
