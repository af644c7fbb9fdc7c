"""The census as a Markdown document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tools.census.survey import Row

_COLUMNS = (
    "model_type",
    "blocks",
    "block returns",
    "kind",
    "prefill",
    "decode",
    "left padding",
    "nnsight",
    "note",
)
_LONGEST = 240

_INTRODUCTION = """# Architectures

Made by `python -m tools.census --write docs/architectures.md`; do not edit.

Every causal language model class of transformers {version}, built tiny and random from its config, with
no download. A row says where the blocks are and what each returns; whether the bits of every block, the
logits and `hidden_states` prove that a prompt (prefill) and an answer (decode, with a cache) are steered as
asked and nothing else is, that no token is moved by later ones, and that unsteered passes are those of a
plain call; whether left padding leaves the logits as they are (where it does not, prompts run
one row at a time); and whether nnsight, proven alike, gives the same tokens and logits as plain hooks. A
model that is refused is refused when it is loaded, with the reason in the last column.
"""


def header() -> list[str]:
    """Return the table's first two lines."""
    return [_line(_COLUMNS), _line(["---"] * len(_COLUMNS))]


def line(row: Row) -> str:
    """Return a row as a line of the table."""
    path = f"`{row.path}`" if row.path else ""
    cells = (row.output, row.kind, row.prefill, row.decode, row.padding, row.nnsight, _short(row.note))
    return _line([f"`{row.model_type}`", path, *cells])


def totals(rows: Sequence[Row]) -> list[str]:
    """Return how many were built, steered by each engine, and refused."""
    built = [row for row in rows if row.built]
    steered = sum(row.steered for row in built)
    nnsight = sum(row.nnsight == "equal" for row in built)
    share = f"{len(built)} of {len(rows)} model types were built."
    if not built:
        return [share]
    return [
        share,
        f"Found, proven and steered, prefill and decode: {steered} of {len(built)} "
        f"({steered / len(built):.1%}) by hooks, {nnsight} ({nnsight / len(built):.1%}) by nnsight as well.",
        f"Refused at load, with the reason: {len(built) - steered}.",
    ]


def document(rows: Sequence[Row], version: str) -> str:
    """Return the whole document.

    Args:
        rows: In the order they are shown.
        version: Of transformers.
    """
    counted = "\n".join(f"- {text}" for text in totals(rows))
    table = "\n".join([*header(), *(line(row) for row in rows)])
    return f"{_INTRODUCTION.format(version=version)}\n{counted}\n\n{table}\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 3].rstrip() + "..."
