"""What texts stand behind a vector: those it was read from, and those its layer or scale were chosen on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_steering.texts.text_print import TextPrint, text_print


@dataclass(frozen=True)
class Texts:
    """Some texts: whole where they are at hand, and as prints where they came out of a file.

    Attributes:
        whole: The texts themselves; no print is made of them before one is needed.
        printed: What is kept of others.
    """

    whole: frozenset[str] = frozenset()
    printed: frozenset[TextPrint] = frozenset()

    @property
    def prints(self) -> frozenset[TextPrint]:
        """What is kept of all of them."""
        return self.printed | {text_print(text) for text in self.whole}

    def __or__(self, other: Texts) -> Texts:
        return Texts(self.whole | other.whole, self.printed | other.printed)


@dataclass(frozen=True)
class Sources:
    """What stands behind a vector, and whether that is all.

    Attributes:
        known: Whether the texts are all that the vector was made of; of numbers from elsewhere nobody knows.
        read: Texts whose states it was made of.
        searched: Texts that its layer or scale were chosen on.
        samples: Data set and id of the samples that it was made of, where the texts are about samples.
    """

    known: bool = False
    read: Texts = field(default_factory=Texts)
    searched: Texts = field(default_factory=Texts)
    samples: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Sources:
        """Return the sources of a vector that was made of nothing but the states of some texts.

        Args:
            texts: As the model read them.
        """
        return cls(known=True, read=Texts(frozenset(texts)))

    def __or__(self, other: Sources) -> Sources:
        """Return the sources of what is made of two vectors: all of both, known where both are."""
        return Sources(
            self.known and other.known,
            self.read | other.read,
            self.searched | other.searched,
            self.samples | other.samples,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the form that a file holds: no text, only prints."""
        return {
            "known": self.known,
            "read": _rows(self.read),
            "searched": _rows(self.searched),
            "samples": sorted(map(list, self.samples)),
        }

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Sources:
        """Return the sources that a file holds.

        Raises:
            ValueError: It holds something else.
            KeyError: Something is missing.
            TypeError: Something is of another type.
        """
        samples = frozenset((str(dataset), str(name)) for dataset, name in row["samples"])
        return cls(row["known"] is True, _texts(row["read"]), _texts(row["searched"]), samples)


def _rows(texts: Texts) -> list[list[str]]:
    return sorted([one.sha256, one.packed] for one in texts.prints)


def _texts(rows: Iterable[tuple[str, str]]) -> Texts:
    return Texts(printed=frozenset(TextPrint.unpacked(str(sha256), packed) for sha256, packed in rows))


UNKNOWN = Sources()
"""Of a vector that was made by hand, or read from a file that says nothing of its texts."""
