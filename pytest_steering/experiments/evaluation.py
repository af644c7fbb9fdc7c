"""Arms × samples through the model: answers read, margins taken, one outcome a sample and arm."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.experiments import asked_outcome
from pytest_steering.experiments.margins_alone import scored_alone
from pytest_steering.models.running.completion import Counts, Decisions, Generation
from pytest_steering.records import Outcome
from pytest_steering.tasks.likelihood import longest_answer, margins, scored_forms
from pytest_steering.tasks.surface_forms import Margin

if TYPE_CHECKING:
    from pytest_steering.experiments.margin_threshold import Calibration
    from pytest_steering.models.running.completion import Completion
    from pytest_steering.models.running.generation import DecidedText
    from pytest_steering.models.running.overflow import Overflow
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.task import Task

Arms = Mapping[str, "AnyIntervention | None"]
Scored = tuple["Completion", "Margin | None"]

STOPS = ("length", "verdict")


@dataclass(frozen=True)
class Evaluation:
    """What all arms of one call produced.

    Attributes:
        outcomes: By arm, in the samples' order, skipped samples among them.
        counts: Forward passes, rows and tokens of the generation; halvings of the whole call.
        seconds: Wall-clock time of the whole call.
        sharing: By arm, how arms of one prompt shared its beginning.
        calibrated: By arm, what judged its margins; of arms that were judged so alone.
        prompts: What was asked in any of the arms, by hash.
        decisions: By arm with a condition, how often it was looked at (`decided`), and how often it `held`;
            of a joint intervention each part with one by its number, as in `held:2`.
    """

    outcomes: Mapping[str, tuple[Outcome, ...]]
    counts: Mapping[str, int]
    seconds: float
    sharing: Mapping[str, str]
    calibrated: Mapping[str, Calibration] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def evaluate(
    model: SteerableModel,
    task: Task,
    asked: Sequence[Asked],
    arms: Arms,
    *,
    max_new_tokens: int = 32,
    opposite: Sequence[Asked] | None = None,
    stop: str = "length",
) -> Evaluation:
    """Answer every sample in every arm, in shared batches, and read the answers.

    A prompt that does not fit into the model's context is skipped with the reason in its outcome.

    Args:
        model: The model.
        task: Reads the answers.
        asked: Samples with their prompts.
        arms: Interventions by name; None is the unsteered model.
        max_new_tokens: At most this many for each answer; 0 writes none and reads likelihoods alone.
        opposite: The same samples asked in the opposite polarity, whose margins are recorded beside.
        stop: `length` lets an answer run to its end; `verdict` ends it once it is decided.

    Raises:
        DataError: `stop` is neither of the two, or the task read an answer as something else than a reading.
    """
    if stop not in STOPS:
        raise DataError(f"answers stop at {stop!r}; expected one of {', '.join(STOPS)}")
    started = time.perf_counter()
    skipped = _overlong(model, asked, max_new_tokens)
    kept = [one for number, one in enumerate(asked) if number not in skipped]
    decided = _decided_by(task, kept) if stop == "verdict" else None
    answers, generation = _answers(model, kept, arms, max_new_tokens, decided, scoring := Counts())
    ended = _endings(model.loaded.stop_ids, max_new_tokens if decided else None)
    others = _opposite_margins(model, kept, arms, opposite, scoring)
    counts = replace(generation.counts, halvings=generation.counts.halvings + scoring.halvings)
    counts.overflows = {**scoring.overflows, **generation.counts.overflows}
    lost: list[dict[int, Overflow]] = [{} for _ in arms]
    for (arm, prompt), why in counts.overflows.items():
        lost[arm][prompt] = why
    outcomes = {
        name: tuple(
            _in_order(asked, skipped, _read_all(model, task, kept, answers[name], others[name], ended, own))
        )
        for name, own in zip(arms, lost, strict=True)
    }
    seconds = time.perf_counter() - started
    sharing = dict.fromkeys(arms, generation.sharing)
    prompts = {one.prompt_sha256: one.prompt for one in asked}
    looked = {**scoring.decisions, **counts.decisions}
    decisions = {name: found for name, arm in arms.items() if (found := _decided(arm, looked))}
    return Evaluation(outcomes, counts.as_dict(), seconds, sharing, prompts=prompts, decisions=decisions)


def likelihoods(
    model: SteerableModel,
    asked: Sequence[Asked],
    arms: Sequence[AnyIntervention | None],
    counts: Counts | None = None,
) -> list[list[float]]:
    """Return the margins log p(present) − log p(absent) of every arm, with no decoding.

    Args:
        model: The model.
        asked: Samples with their prompts, all of which must fit into the context, and their answers.
        arms: Interventions; None is the unsteered model.
        counts: What it took is added to them.

    Returns:
        One list an arm, one margin a sample, natural logarithms.
    """
    return [[margin.value for margin in arm] for arm in margins(model, asked, arms, counts)]


def _answers(
    model: SteerableModel,
    asked: Sequence[Asked],
    arms: Arms,
    max_new_tokens: int,
    decided: DecidedText | None,
    scoring: Counts,
) -> tuple[dict[str, list[Scored]], Generation]:
    """Return each arm's texts with their margins; the first answer token gives both where it can."""
    if not asked:
        return {name: [] for name in arms}, Generation([])
    if not max_new_tokens:
        return scored_alone(model, asked, arms)
    forms = scored_forms(model, asked) if any(one.answers for one in asked) else None
    at_once = forms is not None and forms.single_tokens
    generation = model.complete(
        [one.prompt for one in asked],
        list(arms.values()),
        max_new_tokens=max_new_tokens,
        choices=forms.texts if forms and at_once else (),
        decided=decided,
    )
    found: Sequence[Sequence[Margin | None]] = [[None] * len(asked)] * len(arms)
    if forms and at_once:
        found = [
            [forms.margin(number, done.choice_logprobs) for number, done in enumerate(arm)]
            for arm in generation.arms
        ]
    elif forms:
        found = margins(model, asked, list(arms.values()), scoring)
    paired = [list(zip(*both, strict=True)) for both in zip(generation.arms, found, strict=True)]
    return dict(zip(arms, paired, strict=True)), generation


def _opposite_margins(
    model: SteerableModel,
    asked: Sequence[Asked],
    arms: Arms,
    opposite: Sequence[Asked] | None,
    scoring: Counts,
) -> dict[str, list[float | None]]:
    if opposite is None or not asked:
        return {name: [None] * len(asked) for name in arms}
    by_id = {one.sample.id: one for one in opposite}
    found = likelihoods(model, [by_id[one.sample.id] for one in asked], list(arms.values()), scoring)
    return {name: list(arm) for name, arm in zip(arms, found, strict=True)}


def _decided(arm: AnyIntervention | None, looked: Decisions) -> dict[str, int]:
    """Return how often the conditions of an arm were looked at and held."""
    parts = () if arm is None else arm.parts
    found = {number: looked[id(arm), number] for number in range(len(parts)) if (id(arm), number) in looked}
    return {
        f"{name}:{number + 1}" if len(parts) > 1 else name: count
        for number, counts in found.items()
        for name, count in zip(("decided", "held"), counts, strict=True)
    }


def _decided_by(task: Task, asked: Sequence[Asked]) -> DecidedText:
    return lambda number, text: task.decided(text, asked[number])


def _overlong(model: SteerableModel, asked: Sequence[Asked], max_new_tokens: int) -> dict[int, str]:
    room = max_new_tokens or longest_answer(model, asked)
    long = model.overlong([one.prompt for one in asked], room)
    return {
        number: f"a prompt of {length} tokens and {room} new ones exceed the context of "
        f"{model.loaded.context}"
        for number, length in long.items()
    }


def _in_order(
    asked: Sequence[Asked], skipped: Mapping[int, str], outcomes: Sequence[Outcome]
) -> list[Outcome]:
    done = iter(outcomes)
    return [
        asked_outcome.skipped(one, skipped[number]) if number in skipped else next(done)
        for number, one in enumerate(asked)
    ]


def _read_all(
    model: SteerableModel,
    task: Task,
    asked: Sequence[Asked],
    answers: Sequence[Scored],
    opposite: Sequence[float | None],
    ended: Callable[[Completion], bool | None],
    overflows: Mapping[int, Overflow],
) -> list[Outcome]:
    """Return the outcomes of an arm; a sample at which it overflows is skipped, and nothing of it is read."""
    there = [number for number in range(len(asked)) if number not in overflows]
    read = asked_outcome.readings(task, [asked[n] for n in there], [answers[n] for n in there], model)
    outcomes = {number: asked_outcome.skipped(asked[number], str(why)) for number, why in overflows.items()}
    for number, reading in zip(there, read, strict=True):
        completion, margin = answers[number]
        found = asked_outcome.answered(asked[number], reading, completion, margin, opposite[number])
        outcomes[number] = replace(found, ended=ended(completion))
    return [outcomes[number] for number in range(len(asked))]


def _endings(stop_ids: frozenset[int], decided_below: int | None) -> Callable[[Completion], bool | None]:
    """Return what says whether the model ended an answer.

    Args:
        stop_ids: End an answer.
        decided_below: An answer of fewer tokens without an end was ended by its verdict, which leaves open
            what the model would have done; None where no verdict ends an answer.
    """

    def ended(completion: Completion) -> bool | None:
        if not completion.token_ids:
            return None
        if not stop_ids.isdisjoint(completion.token_ids):
            return True
        early = decided_below is not None and len(completion.token_ids) < decided_below
        return None if early else False

    return ended
