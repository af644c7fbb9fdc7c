"""What was understood of choices, and what limits them, in sentences."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pytest_steering.counted import counted, have
from pytest_steering.statistics.distributions import binomial_at_least
from pytest_steering.tasks.choices.choice_file import Read
from pytest_steering.tasks.choices.item import Choice, wanted_answers
from pytest_steering.tasks.choices.wanted_direction import opposites, parts_of
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.sample_checks import check_unique, listed

LEVEL = 0.01
FEW = 26
"""More different answers than letters are texts, of which none can be wanted too often."""


def checked(paths: Sequence[Path], read: Read) -> tuple[str, ...]:
    """Return what was understood of some files; a warning names each thing that limits them.

    Args:
        paths: The files.
        read: What they hold.

    Raises:
        DataError: There is no choice, or an id stands twice.
    """
    where = ", ".join(map(str, paths))
    check_unique(where, read.samples)
    for limit in limits(read):
        warnings.warn(f"{where}: {limit}", stacklevel=3)
    return tuple(understood(read))


def understood(read: Read) -> Iterator[str]:
    """Yield what was understood of the data, a sentence each."""
    choices = [Choice.of(one) for one in read.samples]
    sizes = Counter(len(one.options) for one in choices)
    yield f"{counted(len(choices), 'choice')}: " + "; ".join(
        _shared(len(choices), parts)
        for parts in (
            {f"{size} options each": count for size, count in sorted(sizes.items())},
            {
                "one of them right": sum(one.right for one in choices),
                "one of them matches a behaviour": sum(not one.right for one in choices),
            },
            {
                "listed behind letters": sum(bool(one.letters) for one in choices),
                "not listed in the question": sum(not one.letters for one in choices),
            },
        )
    )
    yield f"wanted: {_balance(read.samples) or 'in each choice a text of its own'}"
    splits = Counter(one.split for one in read.samples)
    how = "made of the questions' hashes, one question kept together" if read.made else "as the file says"
    yield f"splits {how}: {', '.join(f'{name} {count}' for name, count in splits.items())}"


def _shared(every: int, parts: Mapping[str, int]) -> str:
    """Return what is so of all choices, or of how many each is."""
    known = {says: count for says, count in parts.items() if count}
    return ", ".join(says if count == every else f"{says} in {count}" for says, count in known.items())


def limits(read: Read) -> Iterator[str]:
    """Yield a sentence for each thing that limits what can be said of the choices."""
    samples, choices = read.samples, [Choice.of(one) for one in read.samples]
    if read.twice:
        yield f"{have(read.twice, 'row', 'says', 'say')} what another row says; left out"
    yield from _two_ways(samples, choices)
    more = [one for one, choice in zip(samples, choices, strict=True) if choice.unnamed]
    if more:
        yield (
            f"{len(more)} of {len(samples)} questions list more than the two options that are compared, such "
            f"as that of {more[0].id!r}; likelihood that goes to the others is not counted"
        )
    yield from _unbalanced(samples)
    yield from _joined(samples, choices)
    absent = [name for name in ("train", "dev", "test") if name not in {one.split for one in samples}]
    if absent:
        yield f"there is no split {', '.join(map(repr, absent))}"


def _two_ways(samples: Sequence[Sample], choices: Sequence[Choice]) -> Iterator[str]:
    """Name questions of which two rows want different things."""
    wants: dict[str, dict[str, str]] = {}
    for sample, choice in zip(samples, choices, strict=True):
        wants.setdefault(choice.key, {})[choice.texts[choice.wanted].casefold()] = sample.id
    both = [list(ids.values()) for ids in wants.values() if len(ids) > 1]
    if both:
        stand = have(len(both), "question", "stands", "stand")
        yield f"{stand} there with different options wanted, such as {listed(both[0])}"


def _unbalanced(samples: Sequence[Sample]) -> Iterator[str]:
    """Name an answer that is wanted more often than chance allows: its letter would look like a trait."""
    wanted = Counter(wanted_answers(samples))
    offered = {str(option).strip() for one in samples for option in one.metadata["options"]}
    if len(offered) > FEW or not wanted:
        return
    answer, count = wanted.most_common(1)[0]
    among = [one for one in samples if answer in {str(option).strip() for option in one.metadata["options"]}]
    chance = sum(1 / len(one.metadata["options"]) for one in among) / len(among)
    if binomial_at_least(count, len(among), chance) <= LEVEL:
        yield (
            f"the answer {answer} is wanted in {count} of the {len(among)} choices that offer it "
            f"({_balance(samples)}); what leans to {answer} alone would look like what is wanted: swap the "
            "options of some"
        )


def _balance(samples: Sequence[Sample]) -> str:
    wanted = Counter(wanted_answers(samples))
    return (
        "" if len(wanted) > FEW else ", ".join(f"{answer} {count}" for answer, count in wanted.most_common())
    )


def _joined(samples: Sequence[Sample], choices: Sequence[Choice]) -> Iterator[str]:
    """Name files, or stretches of one, that want opposite things."""
    by_file: dict[str, list[Choice]] = {}
    for sample, choice in zip(samples, choices, strict=True):
        by_file.setdefault(str(sample.metadata.get("file", "")), []).append(choice)
    for found in opposites(parts_of(by_file)):
        there, back = found.share
        yield (
            f"{found.one} and {found.other} are opposite in polarity: from the words that are wanted in the "
            f"one, {there:.0%} of {found.counts[0]} choices of the other are foretold, and {back:.0%} of "
            f"{found.counts[1]} the other way round (half by chance); 'matching' means the opposite in them, "
            "and a vector made from both cancels"
        )
