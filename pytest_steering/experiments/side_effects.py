"""What an intervention does beside its purpose: to neutral texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError, NotFiniteError
from pytest_steering.models.running.arithmetic import divergences
from pytest_steering.models.running.overflow import dtype_of, logger

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.joint import AnyIntervention

NEUTRAL_TEXTS = 16


@dataclass(frozen=True)
class NeutralEffect:
    """What an arm does to neutral texts whose second half counts as generated.

    Attributes:
        token_kl: KL(arm ‖ unsteered) of each next token, in nats.
        loss_change: Mean change of the texts' own negative log-likelihood, in nats a token.
        foretold: Whether the likeliest next token is the text's own, for each.
        foretold_before: The same of the unsteered model.
    """

    token_kl: tuple[float, ...]
    loss_change: float
    foretold: tuple[bool, ...]
    foretold_before: tuple[bool, ...]

    @property
    def kl_95(self) -> float:
        """The 95th percentile of the KL a token."""
        ordered = sorted(self.token_kl)
        return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]

    @property
    def off_target_accuracy(self) -> float:
        """Share of the texts' tokens that are foretold, each from the true text before it."""
        return fmean(self.foretold)

    def metrics(self) -> dict[str, float]:
        """Return the numbers that a record holds."""
        from math import exp

        return {
            "neutral_token_kl": fmean(self.token_kl),
            "neutral_token_kl_95": self.kl_95,
            "neutral_perplexity_ratio": exp(min(self.loss_change, 700.0)),
            "off_target_accuracy": self.off_target_accuracy,
            "off_target_change": self.off_target_accuracy - fmean(self.foretold_before),
        }


def neutral_effects(
    model: SteerableModel, arms: Mapping[str, AnyIntervention | None], texts: Sequence[str]
) -> dict[str, NeutralEffect]:
    """Return what each arm does to neutral texts, from one forward pass over them.

    An arm that overflows at one of them is left out, and a warning names it.

    Args:
        model: The model.
        arms: Interventions by name.
        texts: Code without a question; those that do not fit into the context are left out.

    Raises:
        DataError: No text fits into the context.
        VectorError: An intervention does not fit the model.
    """
    model.require(list(arms.values()))
    long = model.overlong(texts, 0)
    ids = [row for number, row in enumerate(model.tokens(texts)) if number not in long and len(row) > 3]
    if not ids:
        raise DataError("no neutral text fits into the context; give shorter ones")
    effects: dict[str, list[NeutralEffect]] = {name: [] for name in arms}
    lost: set[str] = set()
    for row in ids:
        base, *others = _log_probabilities(model, row, [None, *arms.values()])
        if base is None:
            raise NotFiniteError(
                f"{model.name}, unsteered, overflows {dtype_of(model.loaded)} at a neutral text"
            )
        truth = row[len(row) // 2 :]
        for name, logs in zip(arms, others, strict=True):
            if logs is None:
                lost.add(name)
            else:
                effects[name].append(_effect(logs, base, truth))
    for name in sorted(lost):
        logger.warning("arm %s overflows %s at a neutral text", name, dtype_of(model.loaded))
    return {name: _over_texts(parts) for name, parts in effects.items() if name not in lost}


def _log_probabilities(
    model: SteerableModel, ids: Sequence[int], arms: Sequence[AnyIntervention | None]
) -> list[Tensor | None]:
    """Return each arm's log-probabilities over a text's second half, [tokens, vocabulary]; None if lost."""
    found: list[Tensor | None] = []
    for start in range(0, len(arms), model.batch_rows):
        found += _together(model, ids, arms[start : start + model.batch_rows])
    return found


def _together(
    model: SteerableModel, ids: Sequence[int], rows: Sequence[AnyIntervention | None]
) -> Sequence[Tensor | None]:
    """Return the log-probabilities of some arms; where one overflows, each is read by itself."""
    try:
        return _read(model, ids, rows)
    except NotFiniteError:
        if len(rows) == 1:
            return [None]
    return [one for row in rows for one in _together(model, ids, [row])]


def _read(model: SteerableModel, ids: Sequence[int], rows: Sequence[AnyIntervention | None]) -> list[Tensor]:
    from pytest_steering.models.engine.edit_session import EditSession
    from pytest_steering.models.running.batching import pad_left

    half = len(ids) // 2
    columns = len(ids) - half + 1
    batch = pad_left([ids] * len(rows), model.loaded.pad_id, model.loaded.device, [half] * len(rows))
    session = EditSession(batch, rows)
    logits = model.engine.logits(batch, session, columns)[:, -columns:-1]
    session.trace.verify(batch.columns)
    return list(logits.float().log_softmax(-1))


def _effect(logs: Tensor, base: Tensor, truth: Sequence[int]) -> NeutralEffect:
    """Return what an arm does to one text; log-probabilities of its second half are [tokens, vocabulary]."""
    kl = divergences(logs, base).sum(-1).clamp(min=0).tolist()
    change = _loss(logs, truth) - _loss(base, truth)
    return NeutralEffect(tuple(kl), change, _foretold(logs, truth), _foretold(base, truth))


def _over_texts(parts: Sequence[NeutralEffect]) -> NeutralEffect:
    """Put texts together: tokens one after the other, the change of the loss as the mean over texts."""
    return NeutralEffect(
        tuple(one for part in parts for one in part.token_kl),
        fmean(part.loss_change for part in parts),
        tuple(one for part in parts for one in part.foretold),
        tuple(one for part in parts for one in part.foretold_before),
    )


def _foretold(logs: Tensor, truth: Sequence[int]) -> tuple[bool, ...]:
    return tuple(token == best for token, best in zip(truth, logs.argmax(-1).tolist(), strict=True))


def _loss(logs: Tensor, truth: Sequence[int]) -> float:
    return -fmean(float(logs[step, token]) for step, token in enumerate(truth))
