"""Whether a vector fits a model, and how much of the model's states it is."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from pytest_steering.errors import VectorError
from pytest_steering.steering.contrast import ReadsHiddenStates
from pytest_steering.steering.sites import BLOCK_OUTPUT, argument_of

log = logging.getLogger("pytest_steering")

NEUTRAL = (
    "The train to the coast leaves every hour from the second platform.",
    "A square has four sides of the same length.",
    "She put the letters on the table and closed the window.",
    "Copper is a metal that conducts electricity well.",
    "The library opens at nine and closes at six in the evening.",
    "Rain fell on the fields north of the river.",
    "He counted the boxes twice and wrote the number down.",
    "The recipe asks for flour, water, salt and a little oil.",
)
"""Sentences that ask and wish nothing, to see how long states are."""


class Directions(Protocol):
    """What is held against a model; `SteeringVector` is one."""

    @property
    def provenance(self) -> Mapping[str, str]:
        """What it was made from."""
        ...

    @property
    def layers(self) -> tuple[int, ...]:
        """Blocks that have a direction."""
        ...

    @property
    def hidden_size(self) -> int:
        """Width of each direction."""
        ...

    @property
    def norms(self) -> Mapping[int, float]:
        """Length of each direction."""
        ...

    def relative_dose(self, model: Any) -> Mapping[int, float]:
        """Return each direction's share of the states it is added to."""
        ...


class HoldsVectors(ReadsHiddenStates, Protocol):
    """A model that says how deep and how wide it is; `SteerableModel` is one."""

    @property
    def architecture(self) -> Any:
        """Its blocks, its hidden size and its type."""
        ...


def announce(path: Path, vector: Directions, notes: Iterable[str], model: HoldsVectors | None) -> None:
    """Say in one line what was read, and warn of what a person has to know.

    Raises:
        VectorError: The vector does not fit the model.
    """
    if model is not None:
        require_fit(vector, model)
    log.info("%s", summary(path, vector, vector.relative_dose(model) if model is not None else None))
    for note in notes:
        log.warning("%s: %s", path, note)


def summary(path: Path, vector: Directions, dose: Mapping[int, float] | None = None) -> str:
    """Return a line of what a file holds, with the relative dose at its layers where that is known."""
    said = vector.provenance
    norms = ", ".join(f"{layer}: {norm:.3g}" for layer, norm in list(vector.norms.items())[:6])
    more = ", …" if len(vector.layers) > 6 else ""
    doses = "" if dose is None else f", relative dose {min(dose.values()):.3g} to {max(dose.values()):.3g}"
    kind, site = said.get("format", "pytest-steering"), said.get("site", "block output")
    return f"{path}: {kind}, layers {list(vector.layers)}, {site}, norms {norms}{more}{doses}"


def require_fit(vector: Directions, model: HoldsVectors) -> None:
    """Raise VectorError where a vector's width, layers or type of model are not the model's."""
    here, depth = model.architecture.hidden_size, len(model.architecture.resolve_layers("all"))
    if vector.hidden_size != here:
        raise VectorError(f"the vector is {vector.hidden_size} wide, and the model's hidden size is {here}")
    beyond = [layer for layer in vector.layers if layer >= depth]
    if beyond:
        raise VectorError(f"the vector has layers {beyond}, and the model has blocks 0 to {depth - 1}")
    require_site(vector.provenance, model)
    said, kind = vector.provenance.get("model_type"), getattr(model.architecture, "model_type", None)
    if said is not None and kind is not None and said != kind:
        raise VectorError(f"the vector is of a model of type {said}, and this one is of type {kind}")


def require_site(said: Mapping[str, str], model: ReadsHiddenStates) -> None:
    """Raise VectorError where a vector is of another site of the blocks than the model is read at."""
    here = model.vector_provenance().get("site", BLOCK_OUTPUT)
    site = said.get("site", here)
    if site != here:
        raise VectorError(
            f"the vector is of the {site}, and the model is read at its {here}; hold it against "
            f"model.at({argument_of(site)!r})"
        )


def median_norms(
    model: ReadsHiddenStates, layers: Sequence[int], width: int, prompts: Sequence[str] | None
) -> dict[int, float]:
    """Return the median norm of a model's states at the last token of each prompt, by layer.

    Args:
        model: Read at `layers`.
        layers: Block numbers.
        width: Of the vector whose dose is asked for.
        prompts: By default a few neutral sentences.

    Raises:
        VectorError: The states are of another width.
    """
    states = model.hidden_states(list(prompts or NEUTRAL), list(layers), "last_prompt")
    here = int(next(iter(states.values())).shape[-1])
    if here != width:
        raise VectorError(f"the vector is {width} wide, and the model's hidden size is {here}")
    return {layer: float(rows.norm(dim=-1).median()) for layer, rows in states.items()}
