"""Prompts × interventions through an engine: fused batches in, answers in the prompts' order out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_steering.models.batching import by_length, pad_left
from pytest_steering.models.engine.session import EditSession

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.steering.intervention import Intervention

Arms = Sequence["Intervention | None"]

TIE_MARGIN = 1e-4
"""Two best logits closer than this may change places when only the batch's shape changes (float32)."""


@dataclass(frozen=True)
class Completion:
    """What the model wrote after one prompt under one intervention.

    Attributes:
        text: Decoded, without special tokens.
        token_ids: Up to and with the token that ended the answer.
        prompt_tokens: Length of the prompt.
        choice_logprobs: Log-probability of each choice as the first token; empty when no choices were asked.
        first_token_kl: KL(this ‖ unsteered) of the first token, in nats; None without an unsteered arm.
        tied_at: The first token at which the two best logits lay within `TIE_MARGIN`.
    """

    text: str
    token_ids: tuple[int, ...]
    prompt_tokens: int
    choice_logprobs: tuple[float, ...] = ()
    first_token_kl: float | None = None
    tied_at: int | None = None


@dataclass
class Counts:
    """Whole numbers that do not depend on the machine."""

    forwards: int = 0
    rows: int = 0
    prompt_tokens: int = 0
    generated_tokens: int = 0
    steered_tokens: int = 0
    batches: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return dict(vars(self))


@dataclass
class Generation:
    """The answers of every arm.

    Attributes:
        arms: One list an intervention, in the order asked; each in the prompts' order.
        counts: Of the whole call.
    """

    arms: list[list[Completion]]
    counts: Counts = field(default_factory=Counts)


def generate_arms(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    arms: Arms,
    *,
    max_new_tokens: int,
    choices: Sequence[int] = (),
    batch_rows: int,
) -> Generation:
    """Generate greedily for every prompt under every intervention.

    Args:
        loaded: The model.
        engine: Writes the interventions.
        prompts: Token ids of each prompt, without pads.
        arms: Interventions; None is the unsteered model.
        max_new_tokens: At most this many for each answer.
        choices: Token ids whose log-probability as the first token is wanted.
        batch_rows: At most this many rows in one forward pass.
    """
    result = Generation([[_NOTHING] * len(prompts) for _ in arms])
    group = max(1, batch_rows // max(1, min(len(arms), batch_rows)))
    for members in by_length([len(prompt) for prompt in prompts], group):
        unsteered: Tensor | None = None
        for numbers in _chunks(_unsteered_first(arms), max(1, batch_rows // len(members))):
            rows = [(arm, prompt) for arm in numbers for prompt in members]
            done, first = _run(loaded, engine, prompts, arms, rows, max_new_tokens, result.counts)
            if arms[numbers[0]] is None:
                unsteered = first[: len(members)]
            for row, (arm, prompt) in enumerate(rows):
                base = None if unsteered is None else unsteered[row % len(members)]
                result.arms[arm][prompt] = _scored(done[row], first[row], base, choices)
    return result


_NOTHING = Completion("", (), 0)


def _unsteered_first(arms: Arms) -> list[int]:
    return sorted(range(len(arms)), key=lambda number: arms[number] is not None)


def _chunks(numbers: Sequence[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(numbers), size):
        yield list(numbers[start : start + size])


def _run(
    loaded: LoadedModel,
    engine: Engine,
    prompts: Sequence[Sequence[int]],
    arms: Arms,
    rows: Sequence[tuple[int, int]],
    max_new_tokens: int,
    counts: Counts,
) -> tuple[list[Completion], Tensor]:
    batch = pad_left([prompts[prompt] for _, prompt in rows], loaded.pad_id, loaded.device)
    session = EditSession(batch, [arms[arm] for arm, _ in rows], loaded.stop_ids)
    watch = _LogitsWatch()
    with _own_config(loaded.module, _greedy(loaded, max_new_tokens)) as config:
        ids = engine.generate(batch, session, {"generation_config": config, "logits_processor": [watch]})
    session.trace.verify(int(ids.shape[1]) - 1)
    answers = [_until_stop(row, loaded.stop_ids) for row in ids[:, batch.columns :].tolist()]
    _count(counts, session, batch.prompt_lengths, answers)
    ties = watch.tied_at(answers)
    texts = loaded.tokenizer.batch_decode(
        answers, skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    done = [
        Completion(text, tuple(answer), length, tied_at=tie)
        for text, answer, length, tie in zip(texts, answers, batch.prompt_lengths, ties, strict=True)
    ]
    return done, watch.first


def _greedy(loaded: LoadedModel, max_new_tokens: int) -> Any:
    from transformers import GenerationConfig

    return GenerationConfig(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        num_beams=1,
        pad_token_id=loaded.pad_id,
        eos_token_id=sorted(loaded.stop_ids) or None,
    )


@contextmanager
def _own_config(module: Any, config: Any) -> Iterator[Any]:
    """Stand `config` in for the model's own, which transformers takes for whatever a config leaves unset."""
    kept = module.generation_config
    module.generation_config = config
    try:
        yield config
    finally:
        module.generation_config = kept


class _LogitsWatch:
    """Stands among the logits processors, changes nothing, and keeps the first logits and each step's gap."""

    def __init__(self) -> None:
        self._first: Tensor | None = None
        self._gaps: list[Tensor] = []

    def __call__(self, _ids: Tensor, scores: Tensor) -> Tensor:
        if self._first is None:
            self._first = scores.float().log_softmax(-1)
        best = scores.topk(2, dim=-1).values
        self._gaps.append(best[:, 0] - best[:, 1])
        return scores

    @property
    def first(self) -> Tensor:
        """Log-probabilities of the first token: [rows, vocabulary]."""
        assert self._first is not None
        return self._first

    def tied_at(self, answers: Sequence[Sequence[int]]) -> list[int | None]:
        """Return each row's first near-tie within its answer."""
        import torch

        close = (torch.stack(self._gaps, dim=1) < TIE_MARGIN).tolist()
        return [
            next((step for step, tie in enumerate(flags[: len(answer)]) if tie), None)
            for flags, answer in zip(close, answers, strict=True)
        ]


def _until_stop(ids: list[int], stop_ids: frozenset[int]) -> list[int]:
    end = next((place for place, token in enumerate(ids) if token in stop_ids), len(ids) - 1)
    return ids[: end + 1]


def _count(
    counts: Counts, session: EditSession, lengths: Sequence[int], answers: Sequence[Sequence[int]]
) -> None:
    counts.batches += 1
    counts.rows += len(answers)
    counts.forwards += len(session.trace.forwards)
    counts.prompt_tokens += sum(lengths)
    counts.generated_tokens += sum(map(len, answers))
    counts.steered_tokens += session.trace.steered_tokens


def _scored(done: Completion, first: Tensor, base: Tensor | None, choices: Sequence[int]) -> Completion:
    from dataclasses import replace

    kl = None if base is None else max(0.0, float((first.exp() * (first - base)).nansum()))
    return replace(done, choice_logprobs=tuple(first[list(choices)].tolist()), first_token_kl=kl)
