"""Contrast pairs of a JSON lines file, and those of them that a model can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.tasks.fields import required_text
from pytest_steering.tasks.jsonlines import read_rows

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

CONTRAST = "pairs"


def read_pairs(path: Path) -> list[ContrastPair]:
    """Return the contrast pairs of a file, in its order.

    Args:
        path: One object a line with the texts `positive` and `negative`, each as the model is to read it.

    Raises:
        DataError: The file cannot be read, holds no pair, or a line lacks one of the two.
    """
    return pairs_of({f"{path}, line {number}": row for number, row in read_rows(path)}, path)


def pairs_of(rows: Mapping[str, Mapping[str, Any]], path: Path) -> list[ContrastPair]:
    """Return rows as contrast pairs, in their order.

    Args:
        rows: By where each stands, which names it in an error.
        path: The file that they stand in.

    Raises:
        DataError: There is none, or one lacks one of the two texts.
    """
    pairs = [
        ContrastPair(
            required_text(row, "positive", where),
            required_text(row, "negative", where),
            f"{path.name} {where.rpartition(' ')[2]}",
            CONTRAST,
        )
        for where, row in rows.items()
    ]
    if not pairs:
        raise DataError(f"{path} holds no contrast pairs; expected some with 'positive' and 'negative'")
    return pairs


def fitting_pairs(pairs: Sequence[ContrastPair], count: int, model: SteerableModel) -> list[ContrastPair]:
    """Return pairs at even steps, of those whose two texts fit into the context.

    Args:
        pairs: All there are.
        count: Number of pairs; as many as fit where there are fewer.
        model: Its tokenizer and context say what fits.
    """
    long = model.overlong([text for pair in pairs for text in (pair.positive, pair.negative)], 0)
    kept = [pair for number, pair in enumerate(pairs) if not {2 * number, 2 * number + 1} & set(long)]
    wanted = min(count, len(kept))
    return [kept[index * len(kept) // wanted] for index in range(wanted)]
