"""What methods are compared on: a model, the choice it is asked for, pairs of a prompt with two answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.behaviours.conftest import agreeableness
from pytest_steering import Asked, ContrastPair, Experiment, SteerableModel
from pytest_steering.experiments.neutral_texts import load_neutral
from pytest_steering.experiments.side_effects import NEUTRAL_TEXTS
from pytest_steering.tasks.sample_selection import evenly


@dataclass(frozen=True)
class Subject:
    """A model with what it is asked.

    Attributes:
        model: Steered.
        asks: The behaviour, in words.
        pairs: Of training samples: the prompt with the wanted answer against that with the other one.
        dev: Where block and dose are chosen.
        test: Where methods are compared; none of them is in the others.
        blocks: Those that are tried.
        neutral: Texts that ask nothing.
        learns: Whether directions are learned on it too: some hundred passes forward and back a method.
    """

    model: SteerableModel
    asks: str
    pairs: list[ContrastPair]
    dev: list[Asked]
    test: list[Asked]
    blocks: Sequence[int]
    neutral: list[str]
    learns: bool


def subject_of(name: str, pairs: int, samples: int) -> Subject:
    """Return what a model is compared on.

    Args:
        name: An embedded model, which answers yes or no about code; or `smollm2`, which chooses what it says.
        pairs: How many, at most.
        samples: Of each split that is looked at, at most.
    """
    small = name == "smollm2"
    model = SteerableModel.load(name, device="cpu", dtype="float32")
    experiment = Experiment(model, agreeableness() if small else "twins")
    dev, test = (_asked(experiment, split, samples) for split in ("dev", "test"))
    made = [_pair(one) for one in _asked(experiment, "train", pairs)]
    blocks = (8, 13) if small else range(model.architecture.num_layers)
    said = (
        "an agreeable answer over a disagreeable one"
        if small
        else "yes over no, asked whether code is vulnerable"
    )
    neutral = load_neutral()[: 3 if small else NEUTRAL_TEXTS]
    return Subject(model, said, made, dev, test, blocks, neutral, learns=not small)


def _asked(experiment: Experiment, split: str, count: int) -> list[Asked]:
    task = experiment.questions.source
    asked = task.ask(task.samples(split), "", experiment.model.tokenizer)
    fits = experiment.model.overlong([one.prompt for one in asked], 40)
    kept = {one.sample.id: one for number, one in enumerate(asked) if number not in fits}
    return [kept[one.id] for one in evenly([one.sample for one in kept.values()], min(count, len(kept)))]


def _pair(one: Asked) -> ContrastPair:
    assert one.answers is not None
    wanted, other = one.answers.all[:2]
    return ContrastPair(one.prompt + wanted, one.prompt + other, one.sample.id, "wanted − other")
