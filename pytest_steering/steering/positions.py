"""Which tokens of a row are steered: the one place that decides it.

A row's tokens are numbered from 0 without its pads; its first `prompt_length` tokens are the prompt, the
rest were generated (or are forced answers, which count as generated).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pytest_steering.errors import VectorError
from pytest_steering.steering.numbers import whole_number

TokenChooser = Callable[[list[int]], Sequence[bool]]
PositionsLike: TypeAlias = "str | int | Sequence[int] | TokenChooser | Positions"

_REGIONS = ("last", "last_prompt", "prompt", "generated", "all")
_TERM = re.compile(r"(?P<region>[a-z_]+)(?:\[(?P<window>[^\]]*)\])?$")


@dataclass(frozen=True)
class Term:
    """A region of the row, cut to a window, that is added to or taken from the steered tokens."""

    region: str
    window: slice | None = None
    excluded: bool = False

    def tokens(self, prompt_length: int, stop: int) -> range:
        """Return the token numbers below `stop` that the term names."""
        region = _region(self.region, prompt_length, stop)
        return region if self.window is None else region[self.window]

    def __str__(self) -> str:
        if self.window is None:
            return self.region
        start, stop = ("" if bound is None else bound for bound in (self.window.start, self.window.stop))
        return f"{self.region}[{start}:{stop}]"


@dataclass(frozen=True)
class Positions:
    """The steered tokens of a row.

    Attributes:
        name: The canonical text, part of a cell's spec.
        terms: Regions in the order they are added or taken away.
        indices: Explicit prompt tokens; negative ones count from the prompt's end.
        chooser: Called with all token ids of the row so far; returns one truth value a token.
    """

    name: str
    terms: tuple[Term, ...] = ()
    indices: tuple[int, ...] = ()
    chooser: TokenChooser | None = None

    @classmethod
    def parse(cls, spec: PositionsLike) -> Positions:
        """Return the positions that a user's spec means.

        Args:
            spec: A region (`last`, `last_prompt`, `prompt`, `generated`, `all`), a window of one
                (`generated[:5]`), regions joined by ` + ` and ` - ` (`all - prompt[:1]`), a prompt token's
                index or several, or a callable on the row's token ids.

        Raises:
            VectorError: The spec is not one of these.
        """
        if isinstance(spec, Positions):
            return spec
        if isinstance(spec, str):
            terms = tuple(_parse_terms(spec))
            return cls(name=_canonical(terms), terms=terms)
        if callable(spec):
            return cls(name=f"callable:{getattr(spec, '__qualname__', type(spec).__name__)}", chooser=spec)
        return _explicit(spec)

    def tokens(
        self, prompt_length: int, start: int, stop: int, ids: Sequence[int] | None = None
    ) -> list[int]:
        """Return the steered token numbers in [start, stop), ascending.

        Args:
            prompt_length: Number of prompt tokens in the row, without pads.
            start: First token number of this forward pass.
            stop: One past its last token number.
            ids: Token ids of the row up to `stop`; needed by a callable.

        Raises:
            VectorError: An explicit index lies outside the prompt, or a callable answers with another length.
        """
        if self.chooser is not None:
            return self._chosen(list(ids or ()), start, stop)
        steered = {_explicit_token(index, prompt_length) for index in self.indices}
        for term in self.terms:
            named = term.tokens(prompt_length, stop)
            steered = steered.difference(named) if term.excluded else steered.union(_clip(named, start, stop))
        return sorted(token for token in steered if start <= token < stop)

    def _chosen(self, ids: list[int], start: int, stop: int) -> list[int]:
        assert self.chooser is not None
        answer: object = self.chooser(ids[:stop])
        flags = list(answer) if isinstance(answer, Iterable) else []
        if len(flags) != stop:
            raise VectorError(
                f"positions {self.name} answered {len(flags)} truth values for {stop} token ids; "
                "return exactly one for each"
            )
        return [token for token in range(start, stop) if flags[token]]


def _region(name: str, prompt_length: int, stop: int) -> range:
    first = {"last": prompt_length - 1, "last_prompt": prompt_length - 1, "generated": prompt_length}
    end = prompt_length if name in ("last_prompt", "prompt") else max(stop, prompt_length)
    return range(max(first.get(name, 0), 0), end)


def _clip(tokens: range, start: int, stop: int) -> Iterable[int]:
    return range(max(tokens.start, start), min(tokens.stop, stop)) if tokens.step == 1 else tokens


def _canonical(terms: Sequence[Term]) -> str:
    first, *rest = terms
    return "".join([str(first), *(f" {'-' if term.excluded else '+'} {term}" for term in rest)])


def _parse_terms(spec: str) -> Iterable[Term]:
    pieces = re.split(r"\s+([+-])\s+", spec.strip())
    signs = ["+", *pieces[1::2]]
    for sign, piece in zip(signs, pieces[0::2], strict=True):
        yield _parse_term(piece, excluded=sign == "-")


def _parse_term(piece: str, *, excluded: bool) -> Term:
    match = _TERM.match(piece)
    if not match or match["region"] not in _REGIONS:
        raise VectorError(
            f"positions {piece!r} are not known; use one of {', '.join(_REGIONS)}, a window such as "
            "generated[:5], several joined by ' + ' or ' - ', token indices, or a callable on token ids"
        )
    window = None if match["window"] is None else _parse_window(match["window"], piece)
    if window is not None and match["region"] not in ("prompt", "last_prompt"):
        _refuse_open_end(window, piece)
    return Term(match["region"], window, excluded)


def _parse_window(text: str, piece: str) -> slice:
    try:
        bounds = [int(part) if part.strip() else None for part in text.split(":")]
    except ValueError:
        bounds = []
    if len(bounds) == 1 and bounds[0] is not None:
        return slice(bounds[0], bounds[0] + 1 or None)
    if len(bounds) == 2:
        return slice(bounds[0], bounds[1])
    raise VectorError(f"the window of positions {piece!r} is not like [3], [:5], [2:] or [1:4]")


def _refuse_open_end(window: slice, piece: str) -> None:
    if (window.start or 0) < 0 or (window.stop or 0) < 0:
        raise VectorError(
            f"positions {piece!r} count from an end that is not known while the model still generates; "
            "use numbers from the start, or a window of prompt"
        )


def _explicit(spec: int | Sequence[int]) -> Positions:
    given: tuple[object, ...] = tuple(spec) if isinstance(spec, Iterable) else (spec,)
    indices = [index for index in map(whole_number, given) if index is not None]
    if not given or len(indices) != len(given):
        raise VectorError(
            f"positions {spec!r} are not known; use one of {', '.join(_REGIONS)}, whole numbers that name "
            "prompt tokens, such as [0, -1], or a callable on token ids"
        )
    ordered = tuple(sorted(set(indices)))
    return Positions(name=f"prompt{list(ordered)}", indices=ordered)


def _explicit_token(index: int, prompt_length: int) -> int:
    token = index + prompt_length if index < 0 else index
    if not 0 <= token < prompt_length:
        raise VectorError(f"position {index} lies outside a prompt of {prompt_length} tokens")
    return token
