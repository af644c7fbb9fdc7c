"""Where states of contrast pairs are read: the last token, the answer, a mark, or what a function says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_steering.errors import DataError, VectorError
from pytest_steering.models.asking.reading_place import Choose, Place, ReadingPlace
from pytest_steering.models.tokenisation import TemplatedText
from pytest_steering.source_hash import source_hash
from pytest_steering.steering.positions import Positions, TokenChooser

if TYPE_CHECKING:
    from pytest_steering.steering.vector import SteeringVector

At: TypeAlias = "str | TokenChooser"
Sides: TypeAlias = "tuple[Sequence[str], Sequence[str]]"

LAST = "last_prompt"
ANSWER = "answer_mean"
MARKED = "marked:"


def place_of(at: At, model: Any, sides: Sides) -> Place:
    """Return where the states of pairs are read.

    Args:
        at: `last_prompt`: each text's last token; `answer_mean`: the mean over what follows the beginning
            that the two texts of a pair share; `marked:TEXT`: the token that TEXT ends in, where it stands
            last; any positions (`prompt[-4:]`) or a callable on token ids: the mean over the tokens it names.
        model: Tells the tokens of a text.
        sides: Positive and negative texts, in the same order.

    Raises:
        VectorError: `at` is none of these.
        DataError: A pair has no answer behind a shared beginning.
    """
    if at == LAST:
        return LAST
    if at == ANSWER:
        return ReadingPlace(ANSWER, _answers(model, sides))
    if isinstance(at, str) and at.startswith(MARKED):
        return ReadingPlace(at, _marked(model, at.removeprefix(MARKED)))
    where = _positions(at)
    return ReadingPlace(where.name, lambda _text, ids: where.tokens(len(ids), 0, len(ids), ids))


def require_place(at: At) -> None:
    """Raise VectorError where states cannot be read there, whatever the model; see `place_of`."""
    if at not in (LAST, ANSWER) and not (isinstance(at, str) and at.startswith(MARKED)):
        _positions(at)


def place_again(vector: SteeringVector, model: Any, sides: Sides) -> Place:
    """Return where a vector was read; the last token where it was added up from vectors of several places.

    Raises:
        VectorError: A function chose the tokens, and the vector came from a file, which holds none.
    """
    said = vector.provenance.get("position", LAST)
    if vector.chooser is not None:
        return place_of(vector.chooser, model, sides)
    if " + " in said:
        return LAST
    if said.startswith("callable:"):
        raise VectorError(
            f"the {vector.method} vector was read at tokens that a function chose ({said}), and its file "
            "does not hold the function; extract it anew for controls that read its pairs again"
        )
    return place_of(said, model, sides)


def said_of(at: At, place: Place) -> dict[str, str]:
    """Return what a vector's provenance says of where it was read."""
    name = place.name if isinstance(place, ReadingPlace) else place
    return {"position": name, **({"position_source": source_hash(at)} if callable(at) else {})}


def _positions(at: At) -> Positions:
    try:
        where = Positions.parse(at)
        if not isinstance(at, str) and where.chooser is None:
            raise VectorError("it is neither a text nor a function")
    except VectorError as error:
        raise VectorError(
            f"at={at!r} is no place to read states: use 'last_prompt', 'answer_mean', 'marked:TEXT', "
            "positions such as 'prompt[-4:]', or a function from token ids to truth values"
        ) from error
    if " + " in where.name:
        raise VectorError(f"at={at!r} joins several places; give a function from token ids to truth values")
    return where


def _answers(model: Any, sides: Sides) -> Choose:
    """Return what names the tokens of an answer, of the texts of these pairs."""
    begins: dict[str, int] = {}
    rows = (model.tokens(list(side)) for side in sides)
    for one, other, ids, its in zip(*sides, *rows, strict=True):
        shared = next((n for n, (a, b) in enumerate(zip(ids, its, strict=False)) if a != b), len(ids))
        if not 0 < shared < min(len(ids), len(its)):
            raise DataError(
                f"at={ANSWER!r} reads what follows the beginning that a pair shares; the pair {one[:60]!r} "
                f"and {other[:60]!r} has none of the two; let both begin with the same prompt and end in an "
                "answer"
            )
        for text in (one, other):
            if begins.setdefault(text, shared) != shared:
                raise DataError(
                    f"the text {text[:60]!r} stands in several pairs, with answers of two lengths"
                )
    return lambda text, ids: range(_known(begins, text), len(ids))


def _known(begins: dict[str, int], text: str) -> int:
    if text not in begins:
        raise DataError(f"where the answer of {text[:60]!r} begins is not known: it is of none of the pairs")
    return begins[text]


def _marked(model: Any, mark: str) -> Choose:
    def choose(text: str, ids: list[int]) -> list[int]:
        end = text.rfind(mark) + len(mark)
        if not mark or mark not in text:
            raise VectorError(
                f"the mark {mark!r} does not stand in {text[:80]!r}; no token can be read there"
            )
        before = TemplatedText(text[:end]) if isinstance(text, TemplatedText) else text[:end]
        (beginning,) = model.tokens([before])
        if ids[: len(beginning)] != beginning:
            raise VectorError(
                f"the mark {mark!r} ends within a token of {text[:80]!r}; let it end where a word ends"
            )
        return [len(beginning) - 1]

    return choose
