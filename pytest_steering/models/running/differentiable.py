"""Passes that can be differentiated by a direction that is added at one block; the weights are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.base import forward_inputs
from pytest_steering.models.engine.exclusive import exclusively
from pytest_steering.models.engine.hooks import HooksEngine
from pytest_steering.models.engine.watching import CALL, Call, replaced
from pytest_steering.models.loading.memory import profile_of_module
from pytest_steering.models.running.batching import pad_left

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.running.batching import TokenBatch


@dataclass
class AddedDirection:
    """What an engine asks at the blocks: a direction is added at one, and the states of another are kept.

    Attributes:
        layers: The block it is added at, and those whose states are kept, ascending.
        at: The block it is added at.
        direction: [hidden], of any type.
        tokens: 1 where it is added, else 0: [rows, columns].
        seen: The states that left the other blocks, by number.
    """

    layers: tuple[int, ...]
    at: int
    direction: Tensor
    tokens: Tensor
    seen: dict[int, Tensor] = field(default_factory=dict)

    def begin_forward(self, input_ids: Tensor) -> None:
        """Plan nothing: the tokens are those of the one pass there is."""

    def edit(self, layer: int, state: Tensor) -> Tensor:
        """Return the state with the direction added, or keep it."""
        if layer != self.at:
            self.seen[layer] = state
            return state
        mask = self.tokens.to(state.device).reshape(*self.tokens.shape, *[1] * (state.ndim - 2))
        return state + (mask * self.direction.to(state.device)).to(state.dtype)

    def checks(self, layer: int) -> bool:  # noqa: ARG002 - as the protocol has it
        """Whether a pass is checked: none is, as the proof of a vector is that of its use."""
        return False

    def check_first(self, layer: int, before: Tensor, after: Tensor) -> None:
        """Check nothing."""

    def end_forward(self, logits: Tensor) -> None:
        """Check nothing: a loss that is no number is refused by whoever takes it."""


@contextmanager
def learning(loaded: LoadedModel) -> Iterator[None]:
    """Let passes be differentiated, with the weights frozen and the model in eval mode, until it ends.

    Raises:
        ModelError: The weights are not here.
    """
    import torch

    loaded.require_weights("a direction that is learned")
    trained = [one for one in loaded.module.parameters() if one.requires_grad]
    with exclusively(loaded.module), torch.enable_grad():
        for one in trained:
            one.requires_grad_(False)
        try:
            yield
        finally:
            for one in trained:
                one.requires_grad_(True)


def answer_logprobs(
    loaded: LoadedModel,
    prompts: Sequence[Sequence[int]],
    answers: Sequence[Sequence[int]],
    layer: int,
    direction: Tensor,
) -> Tensor:
    """Return log p of each whole answer after its prompt, with a direction added as position `last` has it.

    Args:
        loaded: Is run within `learning`.
        prompts: Token ids, without pads.
        answers: Token ids that follow each of them, at least one.
        layer: Block whose output it is added to, at the last prompt token and those of the answer.
        direction: [hidden]; may need a gradient.

    Returns:
        [rows], float32, natural logarithms.
    """
    import torch

    rows = [[*prompt, *answer] for prompt, answer in zip(prompts, answers, strict=True)]
    batch = pad_left(rows, loaded.pad_id, loaded.device, [len(prompt) for prompt in prompts])
    added = AddedDirection((layer,), layer, direction, _from_last(batch))
    logits = _run(loaded, batch, added, 1 + max(map(len, answers)))
    found = []
    for row, answer in enumerate(answers):
        foretelling = logits[row, -len(answer) - 1 : -1].float().log_softmax(-1)
        found.append(foretelling[torch.arange(len(answer)), torch.tensor(answer)].sum())
    return torch.stack(found)


def states_under(
    loaded: LoadedModel, prompts: Sequence[Sequence[int]], layer: int, target: int, direction: Tensor
) -> Tensor:
    """Return the state that leaves a later block at the last token, with a direction added to all tokens.

    Args:
        loaded: Is run within `learning`.
        prompts: Token ids, without pads.
        layer: Block whose output it is added to.
        target: Block whose output is returned; behind the last one, the logits are.
        direction: [hidden]; may need a gradient.

    Returns:
        [rows, hidden or vocabulary], float32.
    """
    batch = pad_left(prompts, loaded.pad_id, loaded.device)
    last = loaded.architecture.num_layers - 1
    layers = (layer, target) if target <= last else (layer,)
    added = AddedDirection(layers, layer, direction, batch.attention_mask)
    logits = _run(loaded, batch, added, 1)
    return (added.seen[target] if target <= last else logits)[:, -1].flatten(1).float()


def _from_last(batch: TokenBatch) -> Tensor:
    """Return 1 at the last prompt token of each row and behind it: [rows, columns]."""
    import torch

    first = [pad + length - 1 for pad, length in zip(batch.pads, batch.prompt_lengths, strict=True)]
    columns = torch.arange(batch.columns)
    return torch.stack([(columns >= start).long() for start in first])


def _run(loaded: LoadedModel, batch: TokenBatch, added: AddedDirection, columns: int) -> Tensor:
    with ExitStack() as stack:
        if checkpointed(loaded):
            stack.enter_context(_recomputing(loaded, added.at))
        stack.enter_context(HooksEngine(loaded).steered(added))
        logits: Tensor = loaded.module(**forward_inputs(loaded, batch, columns)).logits
    return logits


def checkpointed(loaded: LoadedModel) -> bool:
    """Return whether blocks are computed again in the backward pass: of a large model, or as a user said.

    transformers' own checkpointing is off in eval mode.
    """
    said = any(getattr(part, "gradient_checkpointing", False) for part in loaded.module.modules())
    return said or profile_of_module(loaded.module).gradient_checkpointing


@contextmanager
def _recomputing(loaded: LoadedModel, layer: int) -> Iterator[None]:
    """Let blocks keep no activations but their input; the one that is written to stays as it is."""
    from torch.utils.checkpoint import checkpoint

    def recomputed(run: Call) -> Call:
        def call(*args: Any, **kwargs: Any) -> Any:
            return checkpoint(run, *args, use_reentrant=False, **kwargs)

        return call

    blocks = loaded.architecture.blocks
    with ExitStack() as stack:
        for path in dict.fromkeys(block.path for block in blocks):
            if path != blocks[layer].path:
                stack.enter_context(replaced(loaded.module.get_submodule(path), CALL, recomputed))
        yield
