"""Arms that steer whole prompts run the blocks below the lowest steered one once for each prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import torch

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.sharing import block_sharing, depth
from pytest_steering.models.sharing.depth import Depth
from pytest_steering.models.sharing.lower_blocks import Lower
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.models.sharing.test_equality import PROMPTS, tokens
from tests.near import assert_near, first_scores
from tests.tiny import FAMILIES, LAYERS, random_vector, tiny_model

if TYPE_CHECKING:
    from pytest_steering.models.running.completion import Generation
    from pytest_steering.models.steerable import SteerableModel

STEPS = 5
LONG = tuple(prompt for prompt in PROMPTS if " " in prompt)


def layer_sweep(positions: Any = "all") -> list[Intervention | None]:
    """Layers × scales; one arm steers two blocks."""
    steered = [
        Intervention(random_vector((layer,), seed=seed), scale=scale, positions=positions)
        for layer in range(LAYERS)
        for seed, scale in enumerate((-2.0, 1.0, 3.0))
    ]
    return [*steered[:4], None, *steered[4:], replace_layers((1, 3), positions)]


def replace_layers(layers: tuple[int, ...], positions: Any) -> Intervention:
    return Intervention(random_vector(layers, seed=7), scale=2.0, positions=positions)


def steered_by_hand(
    model: SteerableModel, ids: Sequence[int], intervention: Intervention | None
) -> torch.Tensor:
    """Logits after a text, by plain forward hooks on whole texts with no cache; every token is steered."""

    def adding(delta: torch.Tensor) -> Any:
        def hook(_module: Any, _args: Any, output: Any) -> Any:
            return output + delta if isinstance(output, torch.Tensor) else (output[0] + delta, *output[1:])

        return hook

    handles = []
    for layer in intervention.at if intervention else ():
        assert intervention is not None
        block = model.loaded.module.get_submodule(model.architecture.blocks[layer].path)
        handles.append(block.register_forward_hook(adding(intervention.delta(layer))))
    try:
        with torch.no_grad():
            logits: torch.Tensor = model.loaded.module(torch.tensor([ids]), use_cache=False).logits[0, -1]
    finally:
        for handle in handles:
            handle.remove()
    return logits


def written_by_hand(
    model: SteerableModel, prompt: str, intervention: Intervention | None, steps: int = STEPS
) -> tuple[int, ...]:
    ids = list(model.tokens([prompt])[0])
    answer: list[int] = []
    while len(answer) < steps and not (answer and answer[-1] in model.loaded.stop_ids):
        answer.append(int(steered_by_hand(model, [*ids, *answer], intervention).argmax()))
    return tuple(answer)


def complete(model: SteerableModel, arms: Sequence[Intervention | None], **options: Any) -> Generation:
    return model.complete(LONG, arms, max_new_tokens=STEPS, **options)


@pytest.fixture(scope="module")
def sweep_by_hand(model: SteerableModel) -> list[list[tuple[int, ...]]]:
    return [[written_by_hand(model, prompt, arm) for prompt in LONG] for arm in layer_sweep()]


@pytest.mark.parametrize("least", [1, depth.LEAST_TOKENS])
@pytest.mark.parametrize("rows", [pytest.param(3, marks=pytest.mark.slow), 20, 256])
def test_a_sweep_over_layers_writes_what_plain_hooks_write(
    model: SteerableModel,
    sweep_by_hand: list[list[tuple[int, ...]]],
    rows: int,
    least: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(depth, "LEAST_TOKENS", least)
    found = complete(replace(model, batch_rows=rows), layer_sweep())
    assert tokens(found.arms) == sweep_by_hand
    assert "blocks" in found.sharing.split("; ")
    assert found.counts.rows == len(sweep_by_hand) * len(LONG)
    assert found.counts.generated_tokens == sum(len(answer) for arm in sweep_by_hand for answer in arm)


@pytest.mark.parametrize("positions", ["prompt", [0], "prompt[:2] + generated", "all - prompt[1:2]"])
def test_other_positions_write_what_each_arm_writes_alone(model: SteerableModel, positions: Any) -> None:
    arms = layer_sweep(positions)[::2]
    found = complete(model, arms)
    alone = [tokens(complete(model, [arm]).arms)[0] for arm in arms]
    assert tokens(found.arms) == alone
    assert found.counts.block_rows


def test_choices_score_as_plain_hooks_score_them(model: SteerableModel) -> None:
    arms, choices = layer_sweep()[::2], ["w3", "w50 w4 w17", "w70", "w9 w9"]
    found = replace(model, batch_rows=40).choice_logprobs(LONG, choices, arms)
    for scores, arm in zip(found, arms, strict=True):
        expected = torch.zeros(len(LONG), len(choices))
        for row, prompt in enumerate(LONG):
            for column, choice in enumerate(choices):
                ids = list(model.tokens([prompt])[0])
                for token in model.choice_tokens(choice, prompt):
                    expected[row, column] += steered_by_hand(model, ids, arm).log_softmax(-1)[token]
                    ids.append(token)
        assert_near(scores, expected)


def test_first_scores_and_divergences_are_those_without_sharing(model: SteerableModel) -> None:
    one, other = (
        complete(replace(model, sharing=sharing), layer_sweep(), choices=["w3", "w50"]).arms
        for sharing in ("none", "auto")
    )
    for alone, shared in zip(one, other, strict=True):
        assert_near(first_scores(shared), first_scores(alone))


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_that_end_at_different_steps_leave_the_others_as_they_are(family: str) -> None:
    model = tiny_model(family)
    endless = replace(model, loaded=replace(model.loaded, stop_ids=frozenset()))
    written = tokens(complete(endless, layer_sweep()).arms)
    early = sorted({answer[2] for arm in written for answer in arm})[:6]
    ending = replace(model, loaded=replace(model.loaded, stop_ids=frozenset(early)))
    found = tokens(complete(ending, layer_sweep()).arms)
    expected = [
        [answer[: next((n for n, token in enumerate(answer, 1) if token in early), STEPS)] for answer in arm]
        for arm in written
    ]
    assert len({len(answer) for arm in expected for answer in arm}) > 2
    assert found == expected


def tokens_read(model: SteerableModel, layer: int, arms: Sequence[Intervention | None]) -> int:
    """How many tokens a block reads, pads among them, while the prompts are read."""
    read: list[int] = []
    block = model.loaded.module.get_submodule(model.architecture.blocks[layer].path)
    handle = block.register_forward_hook(
        lambda _module, args, kwargs, _output: read.append(
            (args[0] if args else kwargs["hidden_states"])[..., 0].numel()
        ),
        with_kwargs=True,
    )
    model.complete(LONG[:1], arms, max_new_tokens=1)
    handle.remove()
    return sum(read)


def test_a_block_below_the_lowest_steered_one_reads_each_prompt_once(
    model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depth, "LEAST_TOKENS", 1)
    model = model_of("qwen2")
    arms = [arm for arm in layer_sweep() if arm and len(arm.at) == 1 and arm.at[0] in (2, 4)]
    complete(model, arms)
    length = len(model.tokens(LONG[:1])[0])
    found = [tokens_read(model, layer, arms) // length for layer in range(LAYERS)]
    assert found == [1, 1, 1 + 3, 1 + 3, 3 + 3]


def test_counts_are_exact(model_of: ModelOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "LEAST_TOKENS", 1)
    model = model_of("starcoder2")
    lengths = sum(map(len, model.tokens(LONG)))
    counts = model.complete(LONG, [None, *layer_sweep()[6:13]], max_new_tokens=1).counts
    arms = 8
    assert counts.block_rows == counts.rows == arms * len(LONG)
    assert counts.shared_rows == 0
    assert counts.prompt_tokens == arms * lengths
    assert counts.steered_tokens == (arms - 1) * lengths
    assert (counts.batches, counts.forwards) == (1, 1 + 3), "one below, one for each of 3 layers"


def test_the_state_of_the_first_own_block_is_checked_bit_for_bit(
    model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, edit = model_of("qwen2"), EditSession.edit
    complete(model, layer_sweep()[9:])

    def a_little_more(self: EditSession, layer: int, state: Any) -> Any:
        return edit(self, layer, state) * (1 + 1e-6)

    monkeypatch.setattr(EditSession, "edit", a_little_more)
    with pytest.raises(InterventionError, match="is not what was asked for"):
        complete(model, layer_sweep()[9:])


def test_a_row_that_would_skip_its_own_block_is_found(
    model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of("qwen2")
    monkeypatch.setattr(block_sharing, "depths", lambda rows, *_: [Depth(3, tuple(range(len(rows))))])
    with pytest.raises(InterventionError, match="layer 2 did not run, so"):
        complete(model, [arm for arm in layer_sweep() if arm and arm.at == (2,)])


def test_a_model_whose_blocks_hand_on_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    model, handed = tiny_model("qwen2", seed=3), Lower.handed
    monkeypatch.setattr(Lower, "handed", lambda *given: handed(*given) * 1.01)
    found = complete(model, layer_sweep())
    assert "not blocks: logits are up to" in found.sharing
    assert found.counts.block_rows == 0
    monkeypatch.undo()
    assert "not blocks" in complete(model, layer_sweep()).sharing, "the answer is remembered"
    assert tokens(found.arms) == tokens(complete(replace(model, sharing="none"), layer_sweep()).arms)


def test_every_block_is_itself_again_after_an_error(
    model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of("starcoder2")
    complete(model, layer_sweep()[6:])

    def broken(*_: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(EditSession, "edit", broken)
    with pytest.raises(RuntimeError, match="broken"):
        complete(model, layer_sweep()[6:])
    assert not [name for name, part in model.loaded.module.named_modules() if "_call_impl" in part.__dict__]


def test_nothing_is_shared_where_it_saves_nothing(model_of: ModelOf) -> None:
    model, all_arms = model_of("qwen2"), layer_sweep()
    lowest = [arm for arm in all_arms if arm and arm.at == (0,)]
    for chosen, arms in ((model, lowest), (model, all_arms[7:8]), (replace(model, sharing="none"), all_arms)):
        found = complete(chosen, arms)
        assert found.counts.block_rows == 0
        assert "blocks" not in found.sharing
    assert complete(model_of("qwen2", "nnsight"), all_arms[7:10]).counts.block_rows == 0


def test_answers_end_where_they_are_decided(model_of: ModelOf) -> None:
    model, arms = model_of("starcoder2"), layer_sweep()[6:]
    whole = complete(model, arms)
    ended = complete(model, arms, decided=lambda prompt, text: len(text.split()) > prompt)
    for full, cut in zip(tokens(whole.arms), tokens(ended.arms), strict=True):
        assert cut == [answer[: number + 1] for number, answer in enumerate(full)]


def test_a_group_that_reads_one_token_alone_is_not_all_rows_afterwards(monkeypatch: Any) -> None:
    monkeypatch.setattr(depth, "LEAST_TOKENS", 1)
    model = tiny_model("starcoder2")
    vector = random_vector((1, 3), norm=8.0)
    alone = Intervention(vector, [3], 2.0)
    others = [Intervention(vector, [1], scale, positions="last_prompt") for scale in (0.5, 1.0, 1.5)]
    together = model.complete(["w5"], [alone, *others], max_new_tokens=STEPS)
    assert "blocks" in together.sharing.split("; ")
    for number, one in enumerate([alone, *others]):
        (own,) = model.complete(["w5"], [one], max_new_tokens=STEPS).arms
        assert tokens(together.arms)[number] == tokens([own])[0]


def test_rows_with_a_condition_decide_when_they_are_read_and_keep_no_other_group_waiting() -> None:
    model, vector = tiny_model("starcoder2"), random_vector((1, 2), norm=8.0)
    conditional = Intervention(
        vector, [2], 2.0, positions="all", when="similarity > -1", condition=vector.only([1])
    )
    arms = [conditional, Intervention(vector, [2], 2.0, positions="all")]
    together = model.complete(LONG * 6, arms, max_new_tokens=STEPS)
    assert "blocks" in together.sharing.split("; ")
    assert tokens(together.arms)[0] == tokens(together.arms)[1]
