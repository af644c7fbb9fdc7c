"""Whether what a user asks of a model fits it; said before the first token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, PromptError, VectorError
from pytest_steering.models.proving.origin import require_origins
from pytest_steering.models.running.batching import listed
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.joint import AnyIntervention, is_intervention, parts_of
from pytest_steering.steering.numbers import whole_number

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.running.continuation import Continuation


def as_arms(interventions: Any) -> list[AnyIntervention | None]:
    """Return interventions as a list, one or None alone as a list of one.

    Raises:
        VectorError: The list is empty, or holds something else than interventions and None.
    """
    if interventions is None or is_intervention(interventions):
        return [interventions]
    if not isinstance(interventions, Sequence) or isinstance(interventions, str):
        raise VectorError(f"{_no_intervention(interventions)}; give Intervention(vector, scale=...)")
    if not interventions:
        raise VectorError("the list of interventions is empty; [None] is the unsteered model")
    for arm in interventions:
        if arm is not None and not is_intervention(arm):
            raise VectorError(f"{_no_intervention(arm)}; None is the unsteered model")
    return list(interventions)


def require_fit(name: str, loaded: LoadedModel, arms: Sequence[AnyIntervention | None]) -> None:
    """Raise VectorError unless each intervention fits the model and was made for it, or is forced on it.

    One that is too large for the model's dtype is set aside where it runs beside others that are not.

    Args:
        name: What the message calls the model.
        loaded: The model.
        arms: Interventions; None always fits.
    """
    steered = [arm for arm in arms if arm is not None]
    for part in parts_of(steered):
        _require_width(name, loaded, part)
        _require_layers(name, loaded, part)
    require_origins(name, loaded, parts_of(steered))
    faults = [_overflow(name, loaded, arm) for arm in steered]
    if faults and all(faults):
        raise VectorError(faults[0])


def require_model(module: Any) -> Any:
    """Return the module; raise ModelError unless it is a transformers model that generates."""
    if not (hasattr(module, "generate") and hasattr(module, "config") and hasattr(module, "named_modules")):
        raise ModelError(
            f"a causal language model of transformers was expected, but {type(module).__name__} was found; "
            "to load one by name or path use SteerableModel.load"
        )
    return module


def require_positions(arms: Sequence[AnyIntervention | None], lengths: Sequence[int]) -> None:
    """Raise VectorError when a prompt is too short to have the tokens that an intervention names by index.

    Args:
        arms: Interventions; None steers nothing.
        lengths: Of the prompts, in tokens.
    """
    for part in parts_of(arms):
        indices = part.where.indices
        short = [i for i, n in enumerate(lengths) if not all(-n <= index < n for index in indices)]
        if short:
            raise VectorError(
                f"positions {part.where.name} lie outside {len(short)} of {len(lengths)} prompts; the "
                f"shortest has {min(lengths[i] for i in short)} tokens; they are prompts {listed(short)}"
            )


def require_new_tokens(number: object) -> None:
    """Raise PromptError unless `number` is a whole number of at least 1."""
    if (whole_number(number) or 0) < 1:
        raise PromptError(f"max_new_tokens is {number!r}; a whole number of at least 1 was expected")


def require_choices(choices: Sequence[object]) -> None:
    """Raise PromptError unless each choice is a text that says something, and there is one."""
    if not choices or not all(isinstance(one, str) and one for one in choices):
        raise PromptError(f"choices {choices!r} must be texts of at least one token each")


def require_known_choices(choices: Sequence[Sequence[str]], found: Sequence[Continuation]) -> None:
    """Raise PromptError where a choice holds what the tokenizer does not know: all such are alike to it.

    Args:
        choices: Of each prompt.
        found: How each prompt goes on with them.
    """
    unknown = {own[place] for own, one in zip(choices, found, strict=True) for place in one.unknown}
    if unknown:
        raise PromptError(
            f"the tokenizer does not know the choices {sorted(unknown)} and would score any other unknown "
            "text in their place; choose other words"
        )


def require_listed(choices: Sequence[object]) -> None:
    """Raise PromptError unless the choices are a list of texts that all prompts share.

    One string's letters would be taken for choices.
    """
    if isinstance(choices, str):
        raise PromptError(f"choices are a list of texts; one string was given, write [{choices!r}]")
    if any(isinstance(one, list | tuple) for one in choices):
        raise PromptError(
            f"choices {choices!r} are lists, one a prompt; here all prompts have the same, such as "
            "[' Yes', ' No']. option_logprobs takes choices of each prompt's own"
        )


def require_known_tokens(ids: Sequence[Sequence[int]], vocabulary: int) -> None:
    """Raise PromptError when a token id has no embedding: the tokenizer is another model's."""
    unknown = [row for row, tokens in enumerate(ids) if max(tokens) >= vocabulary]
    if unknown:
        highest = max(max(ids[row]) for row in unknown)
        raise PromptError(
            f"the tokenizer gives token id {highest} in {len(unknown)} of {len(ids)} prompts, but the model "
            f"knows {vocabulary} tokens; load the tokenizer that belongs to the model"
        )


def require_rows(rows: object) -> None:
    """Raise ModelError unless the row budget is a whole number of at least 1."""
    if (whole_number(rows) or 0) < 1:
        raise ModelError(f"batch_rows is {rows!r}; a whole number of at least 1 was expected")


def _no_intervention(found: object) -> str:
    return f"an intervention was expected, but {type(found).__name__} was found"


def _require_width(name: str, loaded: LoadedModel, arm: Intervention) -> None:
    vector, size = arm.vector, loaded.architecture.hidden_size
    if vector.hidden_size != size:
        raise VectorError(
            f"the {vector.method} vector (layers {list(vector.layers)}) is {vector.hidden_size} wide, "
            f"but {name} has a hidden size of {size}; it was made for another model"
        )


def _require_layers(name: str, loaded: LoadedModel, arm: Intervention) -> None:
    try:
        loaded.architecture.require_layers(arm.at)
    except VectorError as error:
        raise VectorError(f"the {arm.vector.method} vector does not fit {name}: {error}") from error


def _overflow(name: str, loaded: LoadedModel, arm: AnyIntervention) -> str:
    """Return how an intervention is too large for the model's dtype, empty where it is not."""
    import torch

    dtype = loaded.module.dtype
    for part, layer in ((one, layer) for one in arm.parts for layer in one.at):
        change = part.edit(layer).change(torch.ones(part.vector.hidden_size))
        if not bool(torch.isfinite(change.to(dtype)).all()):
            return (
                f"the {part.vector.method} vector times {part.coefficient:g} at layer {layer} is no longer "
                f"finite in {name}'s {dtype}; use a smaller scale"
            )
    return ""
