"""The recorded answers of one model with their numbers: one record an arm, as of a run that was made here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pytest_steering.records import Outcome, Record
from pytest_steering.replay.arms.arm_answer import ArmAnswer
from pytest_steering.replay.arms.asked_numbers import GOLD, AskedNumbers
from pytest_steering.tasks.scores import score_answers

FORM = "recorded"


def arm_records(answers: Sequence[ArmAnswer], asked: AskedNumbers) -> dict[str, Record]:
    """Return the record of each arm, in order of appearance and without metrics.

    Args:
        answers: Of one model.
        asked: The numbers that each gets.
    """
    arms: dict[str, list[ArmAnswer]] = {}
    for one in answers:
        arms.setdefault(one.arm, []).append(one)
    outcomes = {name: _scored(own, asked) for name, own in arms.items()}
    evidence = asked.evidence(one for own in outcomes.values() for one in own)
    spec = {
        "purpose": "score",
        "model": {"name": answers[0].model},
        "data": _data(answers),
        "prompt": {"form": FORM},
        "reader": "+".join(asked.names),
        "intervention": None,
    }
    prompts = {one.outcome.prompt_sha256: one.prompt for one in answers if one.prompt}
    return {
        name: Record(spec, name, outcomes=own, evidence=evidence, experiment="replay", prompts=prompts)
        for name, own in outcomes.items()
    }


def _scored(answers: Sequence[ArmAnswer], asked: AskedNumbers) -> tuple[Outcome, ...]:
    """Return the answers of an arm with their scores; no model is at hand that could be asked."""
    prompts, texts = [one.prompt for one in answers], [one.outcome.response for one in answers]
    readings = score_answers(asked.all_scores, prompts, texts, None)
    return tuple(
        replace(one.outcome, scores={**reading.scores, **_gold(one)}, faults=dict(reading.faults))
        for one, reading in zip(answers, readings, strict=True)
    )


def _gold(answer: ArmAnswer) -> Mapping[str, float]:
    return {} if answer.gold is None else {GOLD: answer.gold}


def _data(answers: Sequence[ArmAnswer]) -> dict[str, object]:
    """Return what was asked, in all arms alike: one that lacks an answer is still an arm of the same run."""
    asked = sorted({f"{one.outcome.id} {one.outcome.prompt_sha256}" for one in answers})
    return {
        "dataset": "+".join(dict.fromkeys(one.file for one in answers)),
        "samples": len(asked),
        "sha256": hashlib.sha256("\n".join(asked).encode("utf-8", "surrogatepass")).hexdigest(),
    }
