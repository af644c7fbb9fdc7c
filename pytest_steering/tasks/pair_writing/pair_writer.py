"""Asks a chat model for contrast pairs until enough of them can be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError, PromptError
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.models.chat_template import has_template, through_template
from pytest_steering.models.running.sampling import Sampling
from pytest_steering.tasks.near_copies import NEAR, common_share, near_copies, sketch
from pytest_steering.tasks.pair_writing.pair_questions import SUBJECTS, Contrast
from pytest_steering.tasks.pair_writing.written_pairs import WrittenPairs
from pytest_steering.tasks.pair_writing.written_sentence import has_sentence, sentence_of

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

MOST_ASKED = 3
"""Times as many pairs as are wanted the model is asked for, at most."""

TEMPERATURE = 0.8
"""Of answers about a subject that was asked about before; the first are the likeliest."""

MAX_NEW_TOKENS = 60

Sentences = tuple[str, str]


def write_pairs(
    model: SteerableModel, behaviour: str, opposite: str = "", *, count: int = 64, seed: int = 0
) -> WrittenPairs:
    """Return contrast pairs that a chat model writes from a behaviour's description.

    For each of many everyday subjects it is asked for a sentence that shows the behaviour and for one that
    shows its opposite, in the same words. Pairs without two usable sentences, whose sides are alike, or that
    are near copies of others are dropped, counted by reason. Read the others: `problems()` knows what texts
    tell, and a model that cannot tell a behaviour from its opposite writes pairs in which nothing differs.

    Args:
        model: Tuned to chat, with a chat template.
        behaviour: What positive texts are to show, such as `being cheerful`.
        opposite: What negative ones are to show, such as `being gloomy`. Small models do not understand "the
            opposite of", which is said where this is empty.
        count: Number of pairs.
        seed: Of answers that are drawn.

    Raises:
        PromptError: The model has no chat template.
        DataError: The behaviour is empty, the same as its opposite, or no pair is wanted.
    """
    contrast = Contrast(behaviour.strip(), opposite.strip())
    _require(model, contrast, count)
    kept: list[ContrastPair] = []
    dropped: Counter[str] = Counter()
    asked = 0
    while len(kept) < count and asked < MOST_ASKED * count:
        first = asked
        asked += min(count - len(kept), len(SUBJECTS) - first % len(SUBJECTS), MOST_ASKED * count - asked)
        round_, start = divmod(first, len(SUBJECTS))
        subjects = SUBJECTS[start : start + asked - first]
        for subject, answers in zip(subjects, _answers(model, contrast, subjects, round_, seed), strict=True):
            sentences, fault = _sentences(answers, contrast)
            fault = fault or _copied(sentences, kept)
            if fault:
                dropped[fault] += 1
            else:
                kept.append(ContrastPair(*sentences, f"{subject} {round_ + 1}", contrast.behaviour))
    return WrittenPairs(tuple(kept), count, asked, dict(dropped), _provenance(model, contrast, seed))


def require_chat(model: SteerableModel) -> None:
    """Raise PromptError where a model cannot be asked for anything in words."""
    if not has_template(model.tokenizer):
        raise PromptError(
            f"{model.name} has no chat template, so it cannot be asked to write pairs; name a model that was "
            "tuned to chat, such as smollm2, or write them by hand"
        )


def _require(model: SteerableModel, contrast: Contrast, count: int) -> None:
    require_chat(model)
    one, other = contrast.sides
    if not one or one.casefold() == other.casefold():
        raise DataError(f"a pair needs a behaviour and another one as its opposite; given {one!r}, {other!r}")
    if count < 1:
        raise DataError(f"count={count} asks for no pair")


def _answers(
    model: SteerableModel, contrast: Contrast, subjects: Sequence[str], round_: int, seed: int
) -> Iterator[Sentences]:
    """Yield both answers about each subject; the likeliest where it is asked about for the first time."""
    questions = [one for subject in subjects for one in contrast.questions(subject)]
    prompts = [through_template(model.tokenizer, [{"role": "user", "content": one}]) for one in questions]
    drawn = Sampling(temperature=TEMPERATURE, seed=seed + round_) if round_ else None
    found = model.complete(
        prompts,
        max_new_tokens=MAX_NEW_TOKENS,
        decided=lambda _number, text: has_sentence(text),
        sampling=drawn,
    )
    texts = [one.text for one in found.arms[0]]
    yield from zip(texts[::2], texts[1::2], strict=True)


def _sentences(answers: Sentences, contrast: Contrast) -> tuple[Sentences, str]:
    """Return both sentences, and why they are no pair; nothing where they are."""
    (one, fault), (other, also) = (sentence_of(answer, contrast.sides) for answer in answers)
    if fault or also:
        return ("", ""), f"the {'positive' if fault else 'negative'} answer {fault or also}"
    if common_share(sketch(one), sketch(other)) >= NEAR:
        return ("", ""), "both sides say the same"
    return (one, other), ""


def _copied(sentences: Sentences, kept: Sequence[ContrastPair]) -> str:
    known = [sketch(text) for pair in kept for text in (pair.positive, pair.negative)]
    copied = next(near_copies([sketch(text) for text in sentences if text], known), None)
    return "near copy of another" if copied else ""


def _provenance(model: SteerableModel, contrast: Contrast, seed: int) -> dict[str, str]:
    behaviour, opposite = contrast.sides
    return {
        "behaviour": behaviour,
        "opposite": opposite,
        "model": model.name,
        "weights": model.weights,
        "seed": str(seed),
    }
