"""What a model is asked for: a sentence about a subject, the same words for both sides of a pair."""

from __future__ import annotations

from dataclasses import dataclass

SUBJECTS = (
    *("a train journey", "the weather", "a new neighbour", "cooking dinner", "a lost key", "an old dog"),
    *(
        "the first day at work",
        "a birthday party",
        "a walk in the park",
        "a broken phone",
        "a football match",
    ),
    *("a letter from a friend", "a visit to the doctor", "the night sky", "a school exam", "a busy market"),
    *("moving house", "a cup of coffee", "a long queue", "a family photograph", "the sea in winter"),
    *("a job interview", "a bus that is late", "planting a tree", "a film at the cinema", "a crowded room"),
    *("a small village", "learning to swim", "a mistake at work", "a wedding", "a storm at night"),
    *("painting a wall", "an empty house", "a trip to the mountains", "a song on the radio", "a bicycle"),
    *("a meeting with an old teacher", "the last day of summer", "a library", "a shared meal", "a bridge"),
    *("a question from a child", "waking up early", "a hotel room", "a garden after rain", "a flight abroad"),
    *(
        "a difficult decision",
        "a snowy street",
        "a repaired clock",
        "a talk with a stranger",
        "a full fridge",
    ),
    *("a visit to a museum", "an unexpected bill", "a game of chess", "a quiet evening", "a town square"),
    *("a train station", "a new pair of shoes", "a cold morning", "an unread book", "a boat on a lake"),
    *("a promise", "a closed shop", "a long road", "a window with a view", "a plate of soup"),
)
"""Everyday matters: what pairs differ in is to be the behaviour, whatever they are about."""


@dataclass(frozen=True)
class Contrast:
    """The two sides in words.

    Attributes:
        behaviour: What positive texts show, such as `being cheerful`.
        opposite: What negative ones show; the opposite of the behaviour, said so, where it is empty.
    """

    behaviour: str
    opposite: str = ""

    @property
    def sides(self) -> tuple[str, str]:
        """What a positive and a negative text is to show."""
        return self.behaviour, self.opposite or f"the opposite of {self.behaviour}"

    def questions(self, subject: str) -> tuple[str, str]:
        """Return what is asked for the positive and for the negative text about a subject."""
        one, other = (
            f"Write one sentence about {subject} that shows {shown}. Answer with the sentence alone."
            for shown in self.sides
        )
        return one, other
