"""A model read and steered within its blocks does what plain PyTorch hooks on the modules there do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor

from pytest_steering.errors import ModelError, VectorError
from pytest_steering.models.engine.hooks import HooksEngine
from pytest_steering.models.proving.admission import proof_of
from pytest_steering.models.proving.proof import prove
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tests.tiny import ENGINES
from tools.census.build import build, tiny_tokenizer
from tools.census.tiny_sizes import TINY

MODULES = {
    "llama": ("model.layers.{}.self_attn", "model.layers.{}.mlp", "model.embed_tokens", "model.layers.{}"),
    "gpt2": ("transformer.h.{}.attn", "transformer.h.{}.mlp", "transformer.drop", "transformer.h.{}"),
    "starcoder2": (
        "model.layers.{}.self_attn",
        "model.layers.{}.mlp",
        "model.embed_tokens",
        "model.layers.{}",
    ),
    "gpt_neox": (
        "gpt_neox.layers.{}.attention",
        "gpt_neox.layers.{}.mlp",
        "gpt_neox.emb_dropout",
        "gpt_neox.layers.{}",
    ),
    "granite": (
        "model.layers.{}.self_attn",
        "model.layers.{}.mlp",
        "model.embed_tokens",
        "model.layers.{}",
    ),
    "bloom": (
        "transformer.h.{}.self_attention.dense",
        "transformer.h.{}.mlp.dense_4h_to_h",
        "transformer.word_embeddings_layernorm",
        "transformer.h.{}",
    ),
}
SITES = ("attention_output", "mlp_output", "block_input")
CASES = [(kind, site) for kind in MODULES for site in SITES]
PROMPTS = ["w3 w14 w15 w9 w26", "w5", "w35 w89 w79 w32 w38 w46 w26 w43"]
STEPS, LAYERS = 4, (0, 1)


@cache
def whole(model_type: str) -> SteerableModel:
    own = {"residual_multiplier": 0.22, "attention_multiplier": 0.25}  # Granite's: what is added is scaled
    module = build(model_type, {**TINY, "initializer_range": 0.4, **own})  # smaller weights repeat a token
    return SteerableModel.wrap(module, tiny_tokenizer(), name=model_type)


@cache
def at(model_type: str, site: str, engine: str = "hooks") -> SteerableModel:
    return whole(model_type).with_engine(engine).at(site)


def module_at(model_type: str, site: str, layer: int) -> Any:
    attention, mlp, first, block = MODULES[model_type]
    below = block.format(layer - 1) if layer else first
    path = {"attention_output": attention, "mlp_output": mlp, "block_input": below}[site].format(layer)
    return whole(model_type).loaded.module.get_submodule(path)


@contextmanager
def hooked(model_type: str, site: str, change: Callable[[int, Tensor], Tensor | None]) -> Iterator[None]:
    """Let a plain hook look at the first tensor that each module returns, and put another in its place."""

    def hook_of(layer: int) -> Callable[..., Any]:
        def hook(_module: Any, _args: Any, output: Any) -> Any:
            made = change(layer, output[0] if isinstance(output, tuple) else output)
            if made is None:
                return None
            return (made, *output[1:]) if isinstance(output, tuple) else made

        return hook

    with ExitStack() as stack:
        for layer in LAYERS:
            module = module_at(model_type, site, layer)
            stack.callback(module.register_forward_hook(hook_of(layer)).remove)
        yield


def read_plainly(model_type: str, site: str, ids: list[int]) -> dict[int, Tensor]:
    seen: dict[int, Tensor] = {}

    def look(layer: int, state: Tensor) -> None:
        seen[layer] = state[0, -1].clone()

    with torch.no_grad(), hooked(model_type, site, look):
        whole(model_type).loaded.module(input_ids=torch.tensor([ids]))
    return seen


def written_plainly(model_type: str, site: str, ids: list[int], deltas: Mapping[int, Tensor]) -> list[int]:
    """Write greedily without a cache, with a vector added at every token."""
    answer: list[int] = []
    loaded = whole(model_type).loaded
    with torch.no_grad(), hooked(model_type, site, lambda layer, state: state + deltas[layer]):
        while len(answer) < STEPS and not loaded.stop_ids.intersection(answer):
            logits = loaded.module(input_ids=torch.tensor([[*ids, *answer]]), use_cache=False).logits
            answer.append(int(logits[0, -1].argmax()))
    return answer


@cache
def vector_of(model_type: str, site: str) -> SteeringVector:
    """Random directions, twice as long as the states there."""
    model = at(model_type, site)
    lengths = model.hidden_states(PROMPTS, list(LAYERS))
    drawn = torch.Generator().manual_seed(1)
    width = model.architecture.hidden_size
    directions = {}
    for layer, states in lengths.items():
        direction = torch.randn(width, generator=drawn)
        directions[layer] = direction / direction.norm() * 2 * states.norm(dim=-1).mean()
    return SteeringVector(directions, provenance=model.vector_provenance())


def tokens(model: SteerableModel, arms: list[Intervention | None], prompts: list[str]) -> list[Any]:
    done = model.complete(prompts, arms, max_new_tokens=STEPS)
    return [[list(one.token_ids) for one in arm] for arm in done.arms]


@pytest.mark.parametrize(("model_type", "site"), CASES)
def test_states_are_those_that_the_modules_there_return(model_type: str, site: str) -> None:
    model = at(model_type, site)
    found = model.hidden_states(PROMPTS[:1], list(LAYERS))
    for layer, state in read_plainly(model_type, site, model.tokens(PROMPTS[:1])[0]).items():
        assert torch.equal(found[layer][0], state)


@pytest.mark.parametrize(("model_type", "site"), CASES)
def test_steering_writes_what_plain_hooks_write(model_type: str, site: str) -> None:
    model, vector = at(model_type, site), vector_of(model_type, site)
    arm = Intervention(vector, positions="all", per_layer=True)
    expected = [written_plainly(model_type, site, ids, vector.directions) for ids in model.tokens(PROMPTS)]
    unsteered, found, nothing = tokens(model, [None, arm, replace(arm, scale=0.0)], PROMPTS)
    assert found == expected, "rows of several lengths beside each other"
    assert nothing == unsteered != found
    assert found == [tokens(model, [arm], [prompt])[0][0] for prompt in PROMPTS], "each row alone"


@pytest.mark.parametrize(("model_type", "site"), [("llama", "attention_output"), ("gpt2", "mlp_output")])
def test_both_engines_write_the_same(model_type: str, site: str) -> None:
    arm = Intervention(vector_of(model_type, site), positions="all", per_layer=True)
    hooks, nnsight = (tokens(at(model_type, site, engine), [None, arm], PROMPTS) for engine in ENGINES)
    assert hooks == nnsight


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("operation", ["ablate", "add_keeping_norm", "cap(high=0.1)"])
def test_each_operation_is_proven_at_a_site(site: str, operation: str) -> None:
    model = at("llama", site)
    proof = proof_of(model, operation)
    assert proof.holds, str(proof)
    arm = Intervention(vector_of("llama", site), operation=operation, positions="all")
    alone = [tokens(model, [arm], [prompt])[0][0] for prompt in PROMPTS]
    assert tokens(model, [arm], PROMPTS)[0] == alone


@pytest.mark.parametrize("way", ["auto", "copies", "none"])
def test_rows_that_share_their_prompt_are_steered_alike(way: str) -> None:
    arms = [None, *(Intervention(vector_of("llama", "mlp_output"), scale=scale) for scale in (1.0, -1.0))]
    shared = tokens(replace(at("llama", "mlp_output"), sharing=way), arms, PROMPTS)
    assert shared == [tokens(at("llama", "mlp_output"), [arm], PROMPTS)[0] for arm in arms]


def test_code_of_one_s_own_is_steered_at_two_sites_at_once() -> None:
    model, inside = whole("llama"), at("llama", "mlp_output")
    ids = torch.tensor(model.tokens(PROMPTS[:1]))
    out, added = (
        vector_of("llama", "block_input").directions[0],
        vector_of("llama", "mlp_output").directions[1],
    )
    block = module_at("llama", "block_input", 1)
    handle = block.register_forward_hook(lambda _module, _args, output: output + out)
    with (
        torch.no_grad(),
        hooked("llama", "mlp_output", lambda layer, state: state + added if layer else None),
    ):
        expected = model.loaded.module(input_ids=ids).logits
    handle.remove()
    here = Intervention(SteeringVector({0: out}), positions="all")
    there = Intervention(SteeringVector({1: added}), positions="all")
    with torch.no_grad(), model.steering(here), inside.steering(there):
        found = model.loaded.module(input_ids=ids).logits
    assert torch.equal(found, expected)


def test_blocks_below_are_not_shared_and_the_record_says_why() -> None:
    vector = vector_of("llama", "mlp_output").only([1])
    arms = [Intervention(vector, scale=scale, positions="all") for scale in (-2.0, -1.0, 0.5, 1.0, 2.0)]
    assert "blocks" in whole("llama").complete(PROMPTS, [replace(arm, forced=True) for arm in arms]).sharing
    done = at("llama", "mlp_output").complete(PROMPTS, arms, max_new_tokens=STEPS)
    assert "not blocks: mlp output is steered, which is within blocks" in done.sharing
    assert done.counts.block_rows == 0


@pytest.mark.parametrize("site", SITES)
def test_a_vector_is_refused_at_another_site_than_its_own(site: str) -> None:
    model, vector = whole("llama"), vector_of("llama", site)
    with pytest.raises(VectorError, match=rf"apply it to model.at\('{site}'\)"):
        model.complete(["w3"], [Intervention(vector)], max_new_tokens=1)
    own = SteeringVector(vector.directions, provenance=model.vector_provenance())
    with pytest.raises(VectorError, match=r"site block output, here"):
        at("llama", site).complete(["w3"], [Intervention(own)], max_new_tokens=1)


def test_a_vector_says_its_site_and_its_dose_is_a_share_of_the_states_there() -> None:
    model = at("gpt2", "mlp_output")
    vector = SteeringVector.from_contrast(model, ["w3 w4"], ["w5 w6"], layers=[1])
    assert vector.site == vector.provenance["site"] == "mlp output"
    norm = float(model.hidden_states(["w9"], [1])[1].norm())
    assert vector.relative_dose(model, ["w9"])[1] == pytest.approx(vector.norms[1] / norm)
    with pytest.raises(VectorError, match=r"model.at\('mlp_output'\)"):
        vector.relative_dose(whole("gpt2"), ["w9"])


def test_a_view_of_a_view_is_one_of_the_model() -> None:
    model = whole("llama")
    assert at("llama", "mlp_output").at("block output").architecture == model.architecture
    assert at("llama", "mlp_output").at("attention_output").architecture.site == "attention output"
    assert model.at("block_output") is model


def test_an_unknown_site_is_named() -> None:
    with pytest.raises(ModelError, match="site 'heads' is not known; known are block_output"):
        whole("llama").at("heads")


def test_a_proof_fails_where_another_module_is_written() -> None:
    loaded = at("llama", "mlp_output").loaded
    engine = HooksEngine(replace(loaded, architecture=at("llama", "attention_output").architecture))
    assert "what was asked" in str(prove(loaded, engine).failures[0])


@pytest.mark.parametrize(
    ("model_type", "said"),
    [
        ("opt", "block 0 does not read what a module returns"),
        ("xlnet", "block 1 does not read what block 0"),
        ("zamba2", "goes past it to others too"),  # whose embeddings other blocks read as well
    ],
)
def test_an_input_that_no_module_returns_is_refused(model_type: str, said: str) -> None:
    from pytest_steering.models.finding.architecture import detect_architecture
    from pytest_steering.models.finding.site_view import architecture_at

    model = build(model_type)
    with pytest.raises(ModelError, match=said):
        architecture_at(model, detect_architecture(model), "block input")
