"""What must not change an answer, and how far an answer may move when it does not."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.row_answers import TIE_MARGIN
from pytest_steering.models.rounding import rounding
from pytest_steering.models.running.batching import TokenBatch, pad_left
from pytest_steering.models.running.completion import Completion
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel

PROMPTS = (
    "def add(a, b):\n    return a + b\n",
    "x y",
    "The quick brown fox jumps over the lazy dog, and the dog does not mind.",
    "int main(void) { char buffer[16]; gets(buffer); return 0; }",
    "Question: is the code below safe?\nAnswer:",
)
NEW_TOKENS = 12

LOW_PRECISION_LOGPROB = 0.5
"""Nats by which it may move between float32 and bfloat16, which keeps 8 bits of a number."""


@dataclass(frozen=True)
class Comparison:
    """Two runs over the same prompts and interventions.

    Attributes:
        differing: Sentences about answers that differ and were not tied.
        tied: Sentences about answers that part where the two best logits lie within the margin.
    """

    differing: tuple[str, ...]
    tied: tuple[str, ...]


def rounding_of(model: SteerableModel) -> float:
    """Return the share of their norm by which scores of the vocabulary may move where only shapes change."""
    return rounding(next(model.loaded.module.parameters()).dtype, model.architecture.num_layers + 1)


def arms(model: SteerableModel) -> list[Intervention | None]:
    """Return no steering, and random vectors, added at half the states' length and ablated."""
    states = model.hidden_states(list(PROMPTS), "last3")
    lengths = {layer: state.norm(dim=-1).mean() / 2 for layer, state in states.items()}
    random = _random(model.architecture.hidden_size, states)
    vector = SteeringVector({layer: random[layer] * lengths[layer] for layer in states})
    return [
        None,
        Intervention(vector, scale=1.0),
        Intervention(vector, scale=-1.0, positions="all"),
        Intervention(vector, operation="ablate", positions="all"),
    ]


def answers(model: SteerableModel, prompts: Sequence[str] = PROMPTS) -> list[list[Completion]]:
    """Return greedy answers of every arm, in the prompts' order."""
    return model.complete(list(prompts), arms(model), max_new_tokens=NEW_TOKENS).arms


def compare(one: Sequence[Sequence[Completion]], other: Sequence[Sequence[Completion]]) -> Comparison:
    """Compare answers token for token.

    Args:
        one: Arms of completions; its near-ties excuse a difference from there on.
        other: The same prompts and arms, run in another way.
    """
    differing: list[str] = []
    tied: list[str] = []
    for arm, (mine, theirs) in enumerate(zip(one, other, strict=True)):
        for prompt, (a, b) in enumerate(zip(mine, theirs, strict=True)):
            if a.token_ids == b.token_ids:
                continue
            step = _parting(a.token_ids, b.token_ids)
            sentence = f"arm {arm}, prompt {prompt}: token {step} differs"
            excused = any(c.tied_at is not None and c.tied_at <= step for c in (a, b))
            (tied if excused else differing).append(sentence)
    return Comparison(tuple(differing), tuple(tied))


def prompt_logprobs(model: SteerableModel, side: str) -> Tensor:
    """Return log-probabilities after each prompt with pads on one side: [arms, prompts, vocabulary].

    Args:
        model: Any.
        side: `left` or `right`. Steered are prompt tokens, which have the same numbers on either side.
    """
    import torch

    ids = model.tokens(list(PROMPTS))
    batch = pad_left(ids, model.loaded.pad_id, model.loaded.device)
    if side == "right":
        batch = _pad_right(ids, model.loaded.pad_id, model.loaded.device)
    ends = [-1] * len(ids) if side == "left" else [len(row) - 1 for row in ids]
    scores = []
    for arm in arms(model):
        prompt_only = arm and replace(arm, positions="prompt")
        session = EditSession(batch, [prompt_only] * len(ids))
        logits = model.engine.logits(batch, session, batch.columns)
        session.trace.verify(batch.columns)
        scores.append(torch.stack([logits[row, end].float() for row, end in enumerate(ends)]).log_softmax(-1))
    return torch.stack(scores)


def uncached_faults(model: SteerableModel, written: Sequence[Sequence[Completion]]) -> Comparison:
    """Read each answer again in one pass without a cache and compare the best token at every step.

    Args:
        model: Wrote them.
        written: Its answers, arm by arm.
    """
    differing: list[str] = []
    tied: list[str] = []
    ids = model.tokens(list(PROMPTS))
    for arm, (intervention, done) in enumerate(zip(arms(model), written, strict=True)):
        for prompt, completion in enumerate(done):
            row = [*ids[prompt], *completion.token_ids[:-1]]
            batch = pad_left([row], model.loaded.pad_id, model.loaded.device, [len(ids[prompt])])
            session = EditSession(batch, [intervention])
            logits = model.engine.logits(batch, session, len(completion.token_ids))
            tail = logits[0, -len(completion.token_ids) :].float()
            for step, token in enumerate(completion.token_ids):
                short = float(tail[step].max() - tail[step, token])
                if short > 0:
                    sentence = f"arm {arm}, prompt {prompt}: token {step} is {short:.2g} below the best"
                    (tied if short <= TIE_MARGIN else differing).append(sentence)
    return Comparison(tuple(differing), tuple(tied))


def rebuilt(model: SteerableModel, *, attention: str | None = None, dtype: str = "") -> SteerableModel:
    """Return a copy of the model with the same weights, built anew.

    Args:
        model: Any.
        attention: Attention implementation, such as `eager`; the model's own by default.
        dtype: Such as `bfloat16`; the model's own by default.

    Raises:
        ModelError: The model has no such attention.
    """
    import torch

    module = model.loaded.module
    config = copy.deepcopy(module.config)
    named = attention or module.config._attn_implementation
    try:
        fresh = type(module)._from_config(config, attn_implementation=named)
    except (ValueError, ImportError) as error:
        raise ModelError(f"the model has no {attention} attention: {error}") from error
    fresh.load_state_dict(module.state_dict())
    kind = getattr(torch, dtype) if dtype else next(module.parameters()).dtype
    fresh = fresh.to(model.loaded.device, kind).eval()
    return replace(model, loaded=replace(model.loaded, module=fresh))


def _random(width: int, layers: Sequence[int] | dict[int, Tensor]) -> dict[int, Tensor]:
    """Return directions of length 1, the same in every process."""
    import torch

    generator = torch.Generator().manual_seed(0)
    drawn = {layer: torch.randn(width, generator=generator) for layer in layers}
    return {layer: direction / direction.norm() for layer, direction in drawn.items()}


def _pad_right(rows: Sequence[Sequence[int]], pad_id: int, device: str) -> TokenBatch:
    import torch

    width = max(len(row) for row in rows)
    ids = [[*row, *[pad_id] * (width - len(row))] for row in rows]
    mask = [[1] * len(row) + [0] * (width - len(row)) for row in rows]
    lengths = tuple(len(row) for row in rows)
    return TokenBatch(
        torch.tensor(ids, device=device), torch.tensor(mask, device=device), lengths, (0,) * len(rows)
    )


def _parting(one: Sequence[int], other: Sequence[int]) -> int:
    pairs = zip(one, other, strict=False)
    return next((step for step, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
