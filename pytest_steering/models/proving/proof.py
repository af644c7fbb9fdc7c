"""Proof by running that steering a model does what it says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_steering.errors import SteeringError
from pytest_steering.models.proving.trial_runs import ALONE, TOGETHER
from pytest_steering.models.proving.trials import Trials

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import Engine, LoadedModel

DECODE = "decoding with a cache steers each new token and no other"


@dataclass(frozen=True)
class Check:
    """One thing that was tried.

    Attributes:
        claim: What should hold.
        fault: What was found instead; empty where it holds.
        note: What limits the check, such as that the model does not offer what it needs.
    """

    claim: str
    fault: str = ""
    note: str = ""

    def __str__(self) -> str:
        detail = self.fault or self.note
        return f"{'FAILED' if self.fault else 'holds'}: {self.claim}" + (f" ({detail})" if detail else "")


@dataclass(frozen=True)
class Proof:
    """What was tried on a model and an engine, and how it came out.

    Attributes:
        engine: `hooks` or `nnsight`.
        layer_path: Dotted name of the block list.
        layers: The blocks that were each steered alone.
        checks: One entry a claim.
        alone: Why rows must not share a batch, though each by itself is steered as asked; empty where they
            may.
        operation: Name of the operation that it was steered by.
    """

    engine: str
    layer_path: str
    layers: tuple[int, ...]
    checks: tuple[Check, ...]
    alone: str = ""
    operation: str = "add"

    @property
    def holds(self) -> bool:
        """Whether every claim holds."""
        return not self.failures

    @property
    def failures(self) -> tuple[Check, ...]:
        """The claims that do not hold."""
        return tuple(check for check in self.checks if check.fault)

    def __str__(self) -> str:
        how = f"{self.engine} and {self.operation!r}"
        head = f"steering {self.layer_path} with {how}, layers {list(self.layers)} one by one"
        rows = [f"  one row at a time: {self.alone}"] if self.alone else []
        return "\n".join([head, *(f"  {check}" for check in self.checks), *rows])


def prove(loaded: LoadedModel, engine: Engine, operation: str = "add") -> Proof:
    """Steer a model on a few tokens and hold every bit against what was asked for.

    Args:
        loaded: The model.
        engine: What writes into its residual stream.
        operation: What it writes.

    Returns:
        A report; nothing is raised for a claim that fails.
    """
    trials = Trials(loaded, engine, TOGETHER, operation)
    together = _proof(trials)
    if together.holds:
        return replace(together, alone=_padding(trials))
    alone = _proof(Trials(loaded, engine, ALONE, operation))
    return replace(alone, alone=str(together.failures[0])) if alone.holds else together


def _padding(trials: Trials) -> str:
    """Say why rows must not stand beside longer ones, or nothing; a run decodes too."""
    tried = (
        _checked("left padding leaves the logits as they are", trials.padding),
        _checked("rows write beside each other what each writes alone", trials.padded_answers),
    )
    return next((str(check) for check in tried if check.fault), "")


def _proof(trials: Trials) -> Proof:
    checks = (
        _checked("two unsteered runs agree in every bit", trials.repeat),
        _checked("the operation changes each state by itself", trials.each_by_itself),
        _checked("a block hands on what was asked, bit for bit, at the asked tokens alone", trials.written),
        _checked("lower blocks are unchanged", trials.lower_blocks),
        _checked("the logits change", trials.logits_change),
        _checked("a block's state is transformers' own hidden_states[k + 1]", trials.hidden_states),
        _checked("all blocks can be steered at once", trials.all_at_once),
        _checked(DECODE, trials.decode),
        _checked("without the intervention the logits are what they were, in every bit", trials.restored),
        _checked("no hook is left", trials.hooks_left),
    )
    return Proof(trials.engine, trials.layer_path, trials.layers, checks, operation=trials.operation)


def _checked(claim: str, trial: Callable[[], tuple[str, str]]) -> Check:
    try:
        fault, note = trial()
    except SteeringError as error:
        return Check(claim, fault=str(error))
    except Exception as error:
        first = (str(error).strip().splitlines() or [""])[0]
        return Check(claim, fault=f"{type(error).__name__}: {first}")
    return Check(claim, fault, note)
