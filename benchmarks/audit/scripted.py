"""Models that write what a script says: the likelihoods are theirs, the texts are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeAlias
from unittest import mock

from pytest_steering import Completion, Generation, Intervention, SteerableModel
from pytest_steering.experiments.evaluation import Evaluation, evaluate

Script: TypeAlias = Callable[[str, str], str]
"""Gets the prompt and what the model wrote; returns what it is said to have written."""


def as_it_is(_prompt: str, text: str) -> str:
    """Return what the model wrote."""
    return text


@contextmanager
def writing(steered: Script, unsteered: Script = as_it_is) -> Iterator[None]:
    """Let models write what scripts say where answers are scored; whoever watches the model sees itself.

    Args:
        steered: Of every arm with a vector.
        unsteered: Of every other.
    """

    def evaluated(*given: Any, **options: Any) -> Evaluation:
        with mock.patch.object(SteerableModel, "complete", _scripted(steered, unsteered)):
            return evaluate(*given, **options)

    with mock.patch("pytest_steering.experiments.arm_evaluation.evaluate", evaluated):
        yield


def _scripted(steered: Script, unsteered: Script) -> Callable[..., Generation]:
    real = SteerableModel.complete

    def complete(
        self: SteerableModel, prompts: Sequence[str], arms: Sequence[Intervention | None], **options: Any
    ) -> Generation:
        done = real(self, prompts, arms, **options)
        scripts = [unsteered if arm is None else steered for arm in arms]
        said = [
            [_said(self, one, script(prompt, one.text)) for prompt, one in zip(prompts, answers, strict=True)]
            for script, answers in zip(scripts, done.arms, strict=True)
        ]
        return replace(done, arms=said)

    return complete


def _said(model: SteerableModel, done: Completion, text: str) -> Completion:
    if text == done.text:
        return done
    ids = (*model.tokens([text])[0], min(model.loaded.stop_ids))
    return replace(done, text=text, token_ids=ids)
