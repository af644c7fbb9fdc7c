"""One architecture, its rows shared or not, beside others or alone, at lengths around window and context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import SteeringError
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tools.census.build import NotBuilt, build, tiny_tokenizer
from tools.census.survey import quiet
from tools.census.tiny_sizes import TINY

if TYPE_CHECKING:
    from pytest_steering.models.running.completion import Completion
    from pytest_steering.models.steerable import SteerableModel

CLOSE = 1e-4
"""Nats by which log-probabilities may differ in float32."""

NEW, WINDOW, CONTEXT = 4, 24, 64
_LENGTHS = ((5, WINDOW - NEW - 1), (WINDOW - 1, WINDOW, 2 * WINDOW, CONTEXT - NEW))
_CHOICES = ("w5", "w9 w40 w7")
_LOUDER = 3.0
"""Weights are so many times those of a fresh model, which hardly looks at what was before."""

SHORT: Mapping[str, Any] = MappingProxyType(
    {
        **TINY,
        "max_position_embeddings": CONTEXT,
        "use_sliding_window": True,
        **dict.fromkeys(
            (
                "sliding_window",
                "sliding_window_size",
                "attention_window_size",
                "window_size",
                "keep_window_size",
                "attention_chunk_size",
                "local_attention",
            ),
            WINDOW,
        ),
    }
)
"""The census's sizes, with windows and a context that tests can pass."""


@dataclass(frozen=True)
class Difference:
    """What came of one model type.

    Attributes:
        model_type: transformers' name.
        sharing: How rows shared, and why no better.
        nats: The largest difference of a log-probability from that of the row alone, by where it was seen.
        answers: How many answers differ before a near-tie, by where they were seen.
        note: Why there is none.
    """

    model_type: str
    sharing: str = ""
    nats: Mapping[str, float] = field(default_factory=dict)
    answers: Mapping[str, int] = field(default_factory=dict)
    note: str = ""

    @property
    def tried(self) -> bool:
        """Whether there was a model that could be steered."""
        return not self.note

    @property
    def equal(self) -> bool:
        """Whether no difference is larger than rounding."""
        return max(self.nats.values(), default=0.0) <= CLOSE and not any(self.answers.values())


def difference(model_type: str) -> Difference:
    """Try one model type: shared and not, beside others and alone, scored and generated."""
    with quiet():
        module = build(model_type, SHORT)
        module = build(model_type) if isinstance(module, NotBuilt) else module
        if isinstance(module, NotBuilt):
            return Difference(model_type, note=f"not built: {module.reason}")
        try:
            return _tried(model_type, _louder(module))
        except SteeringError as error:
            return Difference(model_type, note=f"refused: {' '.join(str(error).split())[:160]}")


def _tried(model_type: str, module: Any) -> Difference:
    from pytest_steering.models.steerable import SteerableModel

    model = SteerableModel.wrap(module, tiny_tokenizer(), name=model_type)
    nats: dict[str, float] = {}
    answers: dict[str, int] = {}
    said: list[str] = []
    for lengths in _LENGTHS:
        prompts = _prompts(lengths, model.loaded.context)
        for name, other in _variants(model).items():
            seen = _Seen(other, prompts)
            if name == "alone":
                alone = seen
                nats["the model itself"] = max(nats.get("the model itself", 0.0), alone.from_itself())
            nats[name] = max(nats.get(name, 0.0), alone.nats_from(seen))
            answers[name] = answers.get(name, 0) + alone.answers_unlike(seen)
            said.append(seen.sharing)
    return Difference(model_type, " / ".join(dict.fromkeys(said)), nats, answers)


def _variants(model: SteerableModel) -> dict[str, SteerableModel]:
    """Return the ways to run; what stands alone and shares nothing comes first."""
    return {
        "alone": replace(model, sharing="none", batch_rows=1),
        "padded": replace(model, sharing="none"),
        "shared": replace(model, batch_rows=1),
        "shared and padded": model,
    }


class _Seen:
    """What a model says to some prompts under some arms."""

    def __init__(self, model: SteerableModel, prompts: Sequence[str]) -> None:
        self._model, self._prompts, arms = model, prompts, _arms(model)
        self._scores = model.choice_logprobs(prompts, _CHOICES, arms)
        done = model.complete(prompts, arms, max_new_tokens=NEW, choices=("w5", "w9", "w40"))
        self._answers: list[Completion] = [answer for arm in done.arms for answer in arm]
        self.sharing = done.sharing

    def nats_from(self, other: _Seen) -> float:
        """Return the largest difference of a log-probability, scored or of a first token; NaN is infinite."""
        scored = [
            float((one - two).abs().max()) for one, two in zip(self._scores, other._scores, strict=True)
        ]
        pairs = zip(self._answers, other._answers, strict=True)
        written = [
            abs(one - two)
            for mine, theirs in pairs
            for one, two in zip(mine.choice_logprobs, theirs.choice_logprobs, strict=True)
        ]
        return max(number if number == number else float("inf") for number in (*scored, *written))

    def answers_unlike(self, other: _Seen) -> int:
        """Return how many answers differ before the two best tokens nearly tied."""
        count = 0
        for mine, theirs in zip(self._answers, other._answers, strict=True):
            until = NEW if mine.tied_at is None else mine.tied_at
            count += mine.token_ids[:until] != theirs.token_ids[:until]
        return count

    def from_itself(self) -> float:
        """Return how far the unsteered scores lie from the model's own pass over one prompt of plain ids."""
        import torch

        worst, (token,) = 0.0, self._model.choice_tokens(_CHOICES[0], self._prompts[0])
        for number, ids in enumerate(self._model.tokens(self._prompts)):
            with torch.no_grad():
                logits = self._model.loaded.module(torch.tensor([ids])).logits[0, -1]
            apart = float(logits.float().log_softmax(-1)[token] - self._scores[0][number, 0])
            worst = max(worst, abs(apart) if apart == apart else float("inf"))
        return worst


def _arms(model: SteerableModel) -> list[Intervention | None]:
    import torch

    size, top = model.architecture.hidden_size, model.architecture.num_layers - 1
    arms: list[Intervention | None] = [None]
    for seed, (layer, where) in enumerate([(0, "last"), (top, "last"), (top, "all")]):
        direction = torch.randn(size, generator=torch.Generator().manual_seed(seed))
        arms.append(Intervention(SteeringVector({layer: direction / direction.norm()}), positions=where))
    return arms


def _prompts(lengths: Sequence[int], context: int | None) -> list[str]:
    room = CONTEXT - NEW if context is None else min(context, CONTEXT) - NEW
    return [
        " ".join(f"w{3 + (5 * number + 7 * place) % 120}" for place in range(min(length, room)))
        for number, length in enumerate(lengths)
    ]


def _louder(module: Any) -> Any:
    """Return the module with larger weights, or as it was where it then says no numbers."""
    import torch

    matrices = [parameter for parameter in module.parameters() if parameter.ndim > 1]
    for parameter in matrices:
        parameter.data.mul_(_LOUDER)
    with torch.no_grad():
        logits = module(torch.arange(3, 3 + CONTEXT - NEW)[None] % 120).logits
    if not bool(logits.isfinite().all()):
        for parameter in matrices:
            parameter.data.div_(_LOUDER)
    return module
