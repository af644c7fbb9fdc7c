"""Arms × samples through the model: answers read, margins taken, one outcome a sample and arm."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_steering.comparison.outcomes import judged
from pytest_steering.errors import DataError
from pytest_steering.models.completion import Counts, Generation
from pytest_steering.records import Outcome
from pytest_steering.tasks.likelihood import Margin, margins, surface_forms
from pytest_steering.tasks.security.answers import read_answer
from pytest_steering.tasks.security.answers.early_stop import decided_by

if TYPE_CHECKING:
    from pytest_steering.experiments.asking import Asked
    from pytest_steering.models.completion import Completion
    from pytest_steering.models.generation import DecidedText
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.tasks.security.prompts.question_forms import QuestionForm

Arms = Mapping[str, "Intervention | None"]
Scored = tuple["Completion", Margin]

STOPS = ("length", "verdict")


@dataclass(frozen=True)
class Swapped:
    """The scored samples, asked the other way round.

    Attributes:
        asked: The same samples with the prompts of the opposite question.
        form: That question.
    """

    asked: Sequence[Asked]
    form: QuestionForm


@dataclass(frozen=True)
class Evaluation:
    """What all arms of one call produced.

    Attributes:
        outcomes: By arm, in the samples' order, skipped samples among them.
        counts: Forward passes, rows and tokens of the generation; halvings of the whole call.
        seconds: Wall-clock time of the whole call.
        sharing: By arm, how arms of one prompt shared its beginning.
    """

    outcomes: Mapping[str, tuple[Outcome, ...]]
    counts: Mapping[str, int]
    seconds: float
    sharing: Mapping[str, str]


def evaluate(
    model: SteerableModel,
    asked: Sequence[Asked],
    arms: Arms,
    form: QuestionForm,
    *,
    reader: str = "text",
    max_new_tokens: int = 32,
    swapped: Swapped | None = None,
    stop: str = "length",
) -> Evaluation:
    """Answer every sample in every arm, in shared batches, and read the answers.

    A prompt that does not fit into the model's context is skipped with the reason in its outcome.

    Args:
        model: The model.
        asked: Samples with their prompts.
        arms: Interventions by name; None is the unsteered model.
        form: Says which first tokens stand for present and absent.
        reader: Name of the answer reader.
        max_new_tokens: At most this many for each answer.
        swapped: The same samples asked in the opposite polarity, whose margins are recorded beside.
        stop: `length` lets an answer run to its end; `verdict` ends it once it is decided.

    Raises:
        DataError: `stop` is neither of the two.
    """
    if stop not in STOPS:
        raise DataError(f"answers stop at {stop!r}; expected one of {', '.join(STOPS)}")
    started = time.perf_counter()
    skipped = _overlong(model, asked, max_new_tokens)
    kept = [one for number, one in enumerate(asked) if number not in skipped]
    decided = decided_by(reader, [one.question for one in kept]) if stop == "verdict" else None
    answers, generation = _answers(model, kept, arms, form, max_new_tokens, decided, scoring := Counts())
    ended = _endings(model.loaded.stop_ids, max_new_tokens if decided else None)
    opposite = _swapped_margins(model, kept, arms, swapped, scoring)
    outcomes = {
        name: tuple(_in_order(asked, skipped, _read_all(kept, answers[name], opposite[name], reader, ended)))
        for name in arms
    }
    seconds = time.perf_counter() - started
    counts = replace(generation.counts, halvings=generation.counts.halvings + scoring.halvings)
    return Evaluation(outcomes, counts.as_dict(), seconds, dict.fromkeys(arms, generation.sharing))


def likelihoods(
    model: SteerableModel,
    asked: Sequence[Asked],
    arms: Sequence[Intervention | None],
    form: QuestionForm,
    counts: Counts | None = None,
) -> list[list[float]]:
    """Return the margins log p(present) − log p(absent) of every arm, with no decoding.

    Args:
        model: The model.
        asked: Samples with their prompts, all of which must fit into the context.
        arms: Interventions; None is the unsteered model.
        form: Says which answers stand for present and absent.
        counts: What it took is added to them.

    Returns:
        One list an arm, one margin a sample, natural logarithms.
    """
    scored = margins(model, [one.prompt for one in asked], form, arms, counts)
    return [[margin.value for margin in arm] for arm in scored]


def _answers(
    model: SteerableModel,
    asked: Sequence[Asked],
    arms: Arms,
    form: QuestionForm,
    max_new_tokens: int,
    decided: DecidedText | None,
    scoring: Counts,
) -> tuple[dict[str, list[Scored]], Generation]:
    """Return each arm's texts with their margins; the first answer token gives both where it can."""
    if not asked:
        return {name: [] for name in arms}, Generation([])
    prompts, forms = [one.prompt for one in asked], surface_forms(model, form)
    generation = model.complete(
        prompts,
        list(arms.values()),
        max_new_tokens=max_new_tokens,
        choices=forms.texts if forms.single_tokens else (),
        decided=decided,
    )
    if forms.single_tokens:
        found = [[forms.margin(done.choice_logprobs) for done in arm] for arm in generation.arms]
    else:
        found = margins(model, prompts, form, list(arms.values()), scoring)
    paired = [list(zip(*both, strict=True)) for both in zip(generation.arms, found, strict=True)]
    return dict(zip(arms, paired, strict=True)), generation


def _swapped_margins(
    model: SteerableModel, asked: Sequence[Asked], arms: Arms, swapped: Swapped | None, scoring: Counts
) -> dict[str, list[float | None]]:
    if swapped is None or not asked:
        return {name: [None] * len(asked) for name in arms}
    by_id = {one.sample.id: one for one in swapped.asked}
    found = likelihoods(
        model, [by_id[one.sample.id] for one in asked], list(arms.values()), swapped.form, scoring
    )
    return {name: list(arm) for name, arm in zip(arms, found, strict=True)}


def _overlong(model: SteerableModel, asked: Sequence[Asked], max_new_tokens: int) -> dict[int, str]:
    long = model.overlong([one.prompt for one in asked], max_new_tokens)
    return {
        number: f"a prompt of {length} tokens and {max_new_tokens} new ones exceed the context of "
        f"{model.loaded.context}"
        for number, length in long.items()
    }


def _in_order(
    asked: Sequence[Asked], skipped: Mapping[int, str], outcomes: Sequence[Outcome]
) -> list[Outcome]:
    done = iter(outcomes)
    return [
        _outcome(one, skipped=skipped[number]) if number in skipped else next(done)
        for number, one in enumerate(asked)
    ]


def _read_all(
    asked: Sequence[Asked],
    answers: Sequence[Scored],
    opposite: Sequence[float | None],
    reader: str,
    ended: Callable[[Completion], bool | None],
) -> list[Outcome]:
    return [
        replace(_read(one, completion, margin, other, reader), ended=ended(completion))
        for one, (completion, margin), other in zip(asked, answers, opposite, strict=True)
    ]


def _endings(stop_ids: frozenset[int], decided_below: int | None) -> Callable[[Completion], bool | None]:
    """Return what says whether the model ended an answer.

    Args:
        stop_ids: End an answer.
        decided_below: An answer of fewer tokens without an end was ended by its verdict, which leaves open
            what the model would have done; None where no verdict ends an answer.
    """

    def ended(completion: Completion) -> bool | None:
        if not stop_ids.isdisjoint(completion.token_ids):
            return True
        early = decided_below is not None and len(completion.token_ids) < decided_below
        return None if early else False

    return ended


def _read(one: Asked, completion: Completion, margin: Margin, opposite: float | None, reader: str) -> Outcome:
    answer = read_answer(completion.text, one.question, reader)
    outcome = _outcome(
        one,
        response=completion.text,
        confidence=answer.confidence,
        rule=answer.rule,
        margin=margin.value,
        choice_mass=margin.mass,
        swapped_margin=opposite,
        first_token_kl=completion.first_token_kl,
        tokens=len(completion.token_ids),
        tokens_sha256=_tokens_hash(completion.token_ids),
        tied_at=completion.tied_at,
        prompt_tokens=completion.prompt_tokens,
    )
    return judged(outcome, answer.verdict)


def _outcome(one: Asked, **found: object) -> Outcome:
    return Outcome(
        id=one.sample.id,
        expected=_expected(one),
        prompt_sha256=one.prompt_sha256,
        pair_id=one.sample.pair_id,
        asked_cwe=one.sample.asked_cwe,
        language=one.sample.language,
        length=len(one.sample.code),
        cluster=None if one.cluster in (one.sample.pair_id, one.sample.id) else one.cluster,
        **found,  # type: ignore[arg-type]
    )


def _expected(one: Asked) -> str:
    return "yes" if one.sample.label else "no"


def _tokens_hash(ids: Sequence[int]) -> str:
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:16]
