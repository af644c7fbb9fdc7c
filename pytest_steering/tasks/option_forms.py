"""The spellings of a choice's options, and the margin: log p(wanted) − log of the sum over all others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf
from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.errors import DataError
from pytest_steering.tasks.surface_forms import HasTokenizer, Margin, log_sum, spellings

if TYPE_CHECKING:
    from pytest_steering.tasks.asked import Options

_WORD = re.compile(r"\w\w+")


@dataclass(frozen=True)
class OptionForms:
    """The texts that stand for the options.

    Attributes:
        options: The spellings of each option, the wanted one first.
        single_tokens: Whether every spelling is one token after the whole prompt.
        sentences: Whether options are of several words: the probability of one sentence among all that could
            be said tells nothing by itself, so that no mass is known.
    """

    options: tuple[tuple[str, ...], ...]
    single_tokens: bool
    sentences: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """All spellings, the wanted option's first."""
        return tuple(text for option in self.options for text in option)

    def margin(self, logprobs: Sequence[float]) -> Margin:
        """Return the margin of the wanted option against all others together.

        An option's probability is the sum over its spellings, each of them whole: no spelling begins another
        one, so that the sum counts nothing twice, and a longer option is not helped by its length.

        Args:
            logprobs: Log-probability of each spelling, in the order of `texts`.
        """
        left = iter(logprobs)
        wanted, *others = (log_sum([next(left) for _ in option]) for option in self.options)
        against = log_sum(others)
        value = 0.0 if wanted == against == -inf else wanted - against
        mass = None if self.sentences else exp(wanted) + exp(against)
        return Margin(value, mass, (wanted, *others))


def option_forms(model: HasTokenizer, options: Options, prompt: str) -> OptionForms:
    """Return the spellings of options that go on from a prompt in ways of their own.

    All are spelt as they are, with a space before and without one; a word also in lower and upper case, where
    that takes no more tokens.

    Args:
        model: Its tokenizer decides which spellings are the same tokens.
        options: Of the choice.
        prompt: What they go on from.

    Raises:
        DataError: An option begins another one, so that its likelihood holds the other's.
    """
    spelt = [_spelt(option) for option in options.all]
    goes_on = model.continuations([prompt], [[text for texts in spelt for text in texts]])[0]
    left = enumerate(map(tuple, goes_on.answers))
    read = [
        _Spelling(place, text, tokens, rank == 0)
        for place, texts in enumerate(spelt)
        for rank, text in enumerate(texts)
        for number, tokens in (next(left),)
        if rank == 0 or number not in goes_on.unknown
    ]
    kept = _apart(read, options)
    texts = tuple(tuple(one.text for one in kept if one.option == place) for place in range(len(spelt)))
    single = goes_on.whole and all(len(one.tokens) == 1 for one in kept)
    return OptionForms(texts, single, any(len(option.split()) > 1 for option in options.all))


class _Spelling(NamedTuple):
    option: int
    text: str
    tokens: tuple[int, ...]
    given: bool


def _apart(read: Sequence[_Spelling], options: Options) -> list[_Spelling]:
    """Return the spellings that go on from no shorter one, in their order."""
    usual = {one.option: len(one.tokens) for one in read if one.given}
    kept: dict[tuple[int, ...], _Spelling] = {}
    for one in sorted(read, key=lambda spelling: (len(spelling.tokens), not spelling.given)):
        begins = (kept.get(one.tokens[:end]) for end in range(1, len(one.tokens) + 1))
        shorter = next((other for other in begins if other is not None), None)
        if shorter is not None and shorter.option != one.option and one.given:
            raise DataError(
                f"the option {options.all[shorter.option]!r} begins the option {options.all[one.option]!r}, "
                "whose likelihood it would hold; let them differ before either ends"
            )
        if shorter is None and (one.text.strip() == options.all[one.option].strip() or _short(one, usual)):
            kept[one.tokens] = one
    return [one for one in read if one in kept.values()]


def _short(one: _Spelling, usual: Mapping[int, int]) -> bool:
    return len(one.tokens) <= usual[one.option]


def _spelt(option: str) -> list[str]:
    if _WORD.fullmatch(option.strip()):
        return spellings(option)
    return list(dict.fromkeys([option, f" {option.strip()}", option.strip()]))
