"""Proof by running that steering a model does what it says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pytest_steering.errors import CellTimeoutError, SteeringError
from pytest_steering.models.engine.base import RowEngine, ServerEngine
from pytest_steering.models.proving.reading_trials import ReadingTrials
from pytest_steering.models.proving.row_trials import RowTrials
from pytest_steering.models.proving.server_trials import ServerTrials
from pytest_steering.models.proving.trial_runs import ALONE, TOGETHER, Outcome
from pytest_steering.models.proving.trials import Trials

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import Engine, LoadedModel

T = TypeVar("T")

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
        engine: Its name.
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
        operation: What it writes; how the model reads is proven with `add` alone.

    Returns:
        A report; nothing is raised for a claim that fails.
    """
    if isinstance(engine, ServerEngine):
        there = ServerTrials(loaded, engine, operation)
        return Proof(engine.name, there.layer_path, there.layers, _checks(ON_SERVER, there), "", operation)
    if isinstance(engine, RowEngine):
        served = RowTrials(loaded, engine, operation)
        return Proof(engine.name, served.layer_path, served.layers, _checks(SERVED, served), "", operation)
    reading = _checks(READING if operation == "add" else (), ReadingTrials(loaded, engine))
    trials = Trials(loaded, engine, TOGETHER, operation)
    together = _proof(trials, reading)
    if all(check in reading for check in together.failures):
        apart = [check for check in _checks(SHARED, trials) if check.fault]
        return replace(together, alone=str(apart[0]) if apart else "")
    alone = _proof(Trials(loaded, engine, ALONE, operation), reading)
    return replace(alone, alone=str(together.failures[0])) if alone.holds else together


def claims_of(operation: str) -> tuple[str, ...]:
    """Return what a proof of an operation claims, in its order."""
    reading = READING if operation == "add" else ()
    return tuple(claim for claim, _ in (*reading, *STEERING))


READING: tuple[tuple[str, Callable[[ReadingTrials], Outcome]], ...] = (
    ("other tokens later in a text change no earlier state", ReadingTrials.later_tokens),
    ("unsteered logits are those of the model called with tokens alone", ReadingTrials.plain_call),
    (
        "what is written with a cache has the states of the whole text read at once",
        ReadingTrials.written_text,
    ),
)
"""How a model reads one text."""

STEERING: tuple[tuple[str, Callable[[Trials], Outcome]], ...] = (
    ("two unsteered runs agree in every bit", Trials.repeat),
    ("the operation changes each state by itself", Trials.each_by_itself),
    ("a block hands on what was asked, bit for bit, at the asked tokens alone", Trials.written),
    ("lower blocks are unchanged", Trials.lower_blocks),
    ("the logits change", Trials.logits_change),
    ("a block's state is transformers' own hidden_states[k + 1]", Trials.hidden_states),
    ("all blocks can be steered at once", Trials.all_at_once),
    (DECODE, Trials.decode),
    ("without the intervention the logits are what they were, in every bit", Trials.restored),
    ("no hook is left", Trials.hooks_left),
)
"""What steering does; tried with rows together, and where that fails with one alone."""

SHARED: tuple[tuple[str, Callable[[Trials], Outcome]], ...] = (
    ("left padding leaves the logits as they are", Trials.padding),
    ("rows write beside each other what each writes alone", Trials.padded_answers),
)
"""What lets rows share a batch; where one of these fails, each runs alone."""

SERVED: tuple[tuple[str, Callable[[RowTrials], Outcome]], ...] = (
    ("the operation adds to each state alike", RowTrials.additive),
    ("each block's state is the one that transformers computes, within rounding", RowTrials.states),
    ("a block hands on h + v at the asked tokens and leaves its second part, bit for bit", RowTrials.parts),
    (DECODE, RowTrials.decode),
    ("the logits change", RowTrials.logits_change),
    ("steered logits are those of plain hooks, within rounding", RowTrials.as_hooks),
    ("a row writes beside steered rows, and after them, what it writes alone", RowTrials.beside),
)
"""What is tried of an engine that batches by itself."""

ON_SERVER: tuple[tuple[str, Callable[[ServerTrials], Outcome]], ...] = (
    ("the operation adds to each state alike", ServerTrials.additive),
    ("a block's state is transformers' own hidden_states[k + 1]", ServerTrials.states),
    ("a block hands on h + v at the asked tokens and h elsewhere, bit for bit", ServerTrials.parts),
    (DECODE, ServerTrials.decode),
    ("the logits change", ServerTrials.logits_change),
    ("a row writes beside steered rows, and after them, what it writes alone", ServerTrials.beside),
)
"""What is tried of a model on a server."""


def _proof(trials: Trials, reading: Sequence[Check]) -> Proof:
    checks = (*reading, *_checks(STEERING, trials))
    return Proof(trials.engine, trials.layer_path, trials.layers, checks, operation=trials.operation)


def _checks(claims: Iterable[tuple[str, Callable[[T], Outcome]]], trials: T) -> tuple[Check, ...]:
    return tuple(_checked(claim, trial, trials) for claim, trial in claims)


def _checked(claim: str, trial: Callable[[T], Outcome], trials: T) -> Check:
    try:
        fault, note = trial(trials)
    except CellTimeoutError:  # no answer to what was tried
        raise
    except SteeringError as error:
        return Check(claim, fault=str(error))
    except Exception as error:
        first = (str(error).strip().splitlines() or [""])[0]
        return Check(claim, fault=f"{type(error).__name__}: {first}")
    return Check(claim, fault, note)
