"""Mutants that no run can tell from the code, by file, code and mutant, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Key = tuple[str, str, str]


def _changed(path: str, code: str, old: str, *new: str) -> Iterator[Key]:
    """Return the mutants of a line that have something else in one place."""
    yield from ((path, code, code.replace(old, other)) for other in new)


_NEGATED = "experiments/controls/negated.py"
_DRAWN = "drawn = torch.randn(10, 16, generator=torch.Generator().manual_seed(0))"
_TRIED = "there, back = (Edit(intervention.does, one, 1.0, second)(states) for one in (drawn[0], -drawn[0]))"
_STATES = "second, states = drawn[1] if intervention.second else None, drawn[2:]"
_EFFECTS = "names = dict(zip(dict.fromkeys(groups), effects[0].tolist(), strict=True))"
_MARGINS = "for one, margin, fault in zip(grid, margins, faults, strict=True)"

_REASONS: Mapping[str, tuple[Iterator[Key], ...]] = {
    "other random states and another random direction, of which any shows whether the sign matters": (
        _changed(_NEGATED, _DRAWN, "10, 16", "11, 16", "10, 17"),
        _changed(_NEGATED, _DRAWN, "seed(0)", "seed(1)"),
        _changed(_NEGATED, _STATES, "drawn[1]", "drawn[2]"),
        _changed(_NEGATED, _STATES, "drawn[2:]", "drawn[3:]"),
    ),
    "more is done along the vector and along its opposite alike": (
        _changed(_NEGATED, _TRIED, "1.0,", "2.0,"),
    ),
    "each group has one effect: both are as long": (
        _changed("statistics/heterogeneity.py", _EFFECTS, "strict=True", "strict=False", ""),
    ),
    "each point of the grid has one row of margins: both are as long": (
        _changed("experiments/grid_search.py", _MARGINS, "strict=True", "strict=False", ""),
    ),
}

EQUIVALENT: Mapping[Key, str] = {
    key: why for why, found in _REASONS.items() for keys in found for key in keys
}
