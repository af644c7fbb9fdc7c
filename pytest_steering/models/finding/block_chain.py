"""Which of a model's module lists is its chain of blocks, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.errors import ModelError
from pytest_steering.models.finding.module_calls import Candidate


def choose(candidates: Sequence[Candidate], expected: int | None, layer_path: str | None) -> Candidate:
    """Return the chain of blocks.

    Args:
        candidates: Every module list, observed.
        expected: The config's number of layers; None where it names none.
        layer_path: The list that a person named, which then is the only choice.

    Raises:
        ModelError: No list fits; the message names all of them with what is wrong with each.
    """
    if layer_path is not None:
        fitting = [c for c in candidates if c.path == layer_path and c.carries_state]
    else:
        fitting = [c for c in (*candidates, *_interleaved(candidates)) if _believable(c, expected)]
    if not fitting:
        raise ModelError(_nothing_found(candidates, expected, layer_path))
    return max(fitting, key=lambda candidate: _rank(candidate, expected))


def fault(candidate: Candidate, expected: int | None) -> str:
    """Say why a list was not taken."""
    if not candidate.calls:
        return f"its {len(candidate.members)} members did not run"
    if not candidate.carries_state:
        call = next(call for call in candidate.calls if not call.place)
        found = " and ".join(str(list(shape)) for shape in call.returned) or "no tensor"
        return f"its members do not return the residual stream, but {found}"
    if not _counts(candidate, expected):
        return f"{len(candidate.calls)} calls where the config has {expected} layers"
    return "its members hand on less of the residual stream than those of the chosen list"


def _rank(candidate: Candidate, expected: int | None) -> tuple[bool, int, int, int, int]:
    """Order by the config's number, transformers' own states, a chain, outermost, most calls."""
    return (
        _counts(candidate, expected),
        sum(call.recorded for call in candidate.calls),
        candidate.chained,
        -candidate.path.count("."),
        len(candidate.calls),
    )


def _counts(candidate: Candidate, expected: int | None) -> bool:
    """Whether as many blocks ran, or stand in the list and were skipped, as the config has layers."""
    return expected in (len(candidate.calls), len(candidate.calls) + len(candidate.skipped))


def _believable(candidate: Candidate, expected: int | None) -> bool:
    """Another number than the config's is believed of an unbroken chain, or of what transformers lists."""
    if not candidate.carries_state:
        return False
    links = len(candidate.calls) - 1
    whole = 0 < links <= max(candidate.chained, sum(call.recorded for call in candidate.calls))
    return whole or (expected is not None and _counts(candidate, expected))


def _interleaved(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield, for blocks of one class that stand in several lists and take turns, the lists taken together."""
    kinds = {candidate.kind for candidate in candidates}
    for kind in sorted(kinds, key=lambda kind: kind.__qualname__):
        parts = [c for c in candidates if c.kind is kind and c.carries_state and not _nested(c, candidates)]
        if len(parts) > 1:
            calls = sorted((call for part in parts for call in part.calls), key=lambda call: call.order)
            members = tuple(member for part in parts for member in part.members)
            yield Candidate(" + ".join(part.path for part in parts), members, kind, calls)


def _nested(candidate: Candidate, candidates: Sequence[Candidate]) -> bool:
    """Whether a list stands within a member of another that carries the state itself."""
    return any(
        candidate.path.startswith(f"{member}.")
        for other in candidates
        if other is not candidate and other.carries_state
        for member in other.members
    )


def _nothing_found(candidates: Sequence[Candidate], expected: int | None, layer_path: str | None) -> str:
    asked = f"at layer_path {layer_path!r}" if layer_path else "in this model"
    seen = "; ".join(f"{c.path}: {fault(c, expected)}" for c in candidates) or "the model has no module lists"
    return (
        f"no list of {expected or 'any number of'} blocks that carry the residual stream was found {asked} "
        f"({seen}). Name the right one with layer_path, if there is one"
    )
