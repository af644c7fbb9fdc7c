"""What a field says of a weakness: its name says what is asked, its value answers."""

from __future__ import annotations

import re
from functools import lru_cache
from math import prod
from typing import NamedTuple

from pytest_steering.tasks.security.answers.cues import Token, cues_of
from pytest_steering.tasks.security.answers.levels import level_of
from pytest_steering.tasks.security.answers.lexicon import Cue
from pytest_steering.tasks.security.answers.structured.field_groups import Field
from pytest_steering.tasks.security.answers.values import labelled_value_at
from pytest_steering.tasks.security.answers.weaknesses import WEAKNESSES

_ANSWERS = frozenset(
    [
        "answer",
        "verdict",
        "decision",
        "conclusion",
        "result",
        "response",
        "assessment",
        "judgment",
        "judgement",
        "classification",
        "label",
        "determination",
        "status",
        "output",
        "option",
        "choice",
        "prediction",
        "ruling",
        "outcome",
        "yes_no",
        "final",
    ]
)
_NAMES = frozenset(
    [
        "cwe",
        "cwes",
        "id",
        "ids",
        "cwe_id",
        "cwe_ids",
        "cwe_name",
        "weakness",
        "weaknesses",
        "name",
        "type",
        "types",
        "title",
        "category",
        "kind",
        "vulnerability",
        "vulnerabilities",
        "vulnerability_type",
        "check",
        "question",
        "rule",
        "class",
    ]
)
_LEVELS = frozenset(["severity", "risk", "probability", "likelihood", "chance"])
_LISTS = frozenset(
    [
        "finding",
        "findings",
        "vulnerabilities",
        "issue",
        "issues",
        "weaknesses",
        "cwes",
        "problem",
        "problems",
        "flaws",
        "results",
        "vulns",
    ]
)
_SAYING = {Cue.BAD: 1, Cue.GOOD: -1, Cue.FLAW: 1, Cue.NAMED: 1, Cue.PRESENT: 1, Cue.NEG: -1, Cue.GONE: -1}
_SAYING |= {Cue.STOPPED: -1, Cue.CARE: -1, Cue.HARM: 1}
_RESULTS = {
    "passed": -1,
    "pass": -1,
    "ok": -1,
    "clean": -1,
    "failed": 1,
    "fail": 1,
    "affected": 1,
    "flagged": 1,
}
_RUN_TOGETHER = {
    name.lower().replace(" ", ""): one.key for one in WEAKNESSES for name in one.names if " " in name
}
_GLUED = re.compile(
    r"^(is|has|contains|are)(?=vulnerab|secure|safe|present|weak|unsafe|insecure|exploit|affected)"
)
_NUMBERS = {"1": 1, "0": -1}
_LEAD = re.compile(r"^[^\w\[\]{}<>~]+")
_EMPTY = frozenset(
    [
        "",
        *[
            "null",
            "none",
            "~",
            "n/a",
            "na",
            "unknown",
            "unclear",
            "undetermined",
            "undecided",
            "inconclusive",
            "maybe",
            "possibly",
            "perhaps",
        ],
    ]
    + [
        "depends",
        "unsure",
        "uncertain",
        "potential",
        "potentially",
        "partial",
        "partially",
        "yes/no",
        "true/false",
    ]
)
_NOTHING = ("none", "no", "0", "nothing")
_ALL_OF_VALUE = re.compile(r"\s*(?:$|(?!,? ?(?:or |and )?(?:yes|no|true|false)\W*$)[.,;:!(\u2014-])")


class Sense(NamedTuple):
    """What the name of a field asks.

    Attributes:
        kind: `answer` (to the question), `sign` (of a weakness), `level`, `list`, `name`, or nothing.
        sign: +1 where a yes says that a weakness is there, -1 where it says that none is, 0 where it says neither.
        keys: The weaknesses it names.
    """

    kind: str = ""
    sign: int = 0
    keys: frozenset[str] = frozenset()

    @property
    def lists(self) -> bool:
        """Whether what stands below it is there: `findings`, `detected`."""
        return self.kind == "list" or (self.kind == "sign" and self.sign > 0)


@lru_cache(maxsize=4096)
def sense_of(name: str) -> Sense:
    """Return what a field's name (lower case) asks."""
    plain = re.sub(r"[\s_\-?*.\"'`]+", "_", name.strip()).strip("_")
    if plain in _RUN_TOGETHER:
        return Sense("sign", 1, keys_in(plain))
    if plain in _ANSWERS or plain.rpartition("_")[2] in _ANSWERS:
        return Sense("answer")
    if _LEVELS & set(plain.split("_")):
        return Sense("level", keys=keys_in(plain))
    if plain in _RESULTS:
        return Sense("sign", _RESULTS[plain])
    words = _GLUED.sub(r"\1 ", plain).replace("_", " ")
    tokens = cues_of(words, 0, len(words))[0]
    saying = [_SAYING[token.cue] for token in tokens if token.cue in _SAYING]
    sign = prod(saying) if saying else 0
    lists = plain in _LISTS or (sign > 0 and any(token.cue is Cue.FLAW for token in tokens))
    kind = "name" if plain in _NAMES - _LISTS else "list" if lists else "sign" if saying else ""
    return Sense(kind, sign, _named(tokens))


def keys_in(text: str) -> frozenset[str]:
    """Return the weaknesses that a name or value (lower case) names; a bare number is one of CWE."""
    plain = re.sub(r"[_\-/]+", " ", text.strip())
    if re.fullmatch(r"\d{1,4}", plain):
        plain = f"cwe {plain}"
    if plain in _RUN_TOGETHER:
        return frozenset({_RUN_TOGETHER[plain]})
    return _named(cues_of(plain, 0, len(plain))[0])


def said_by(field: Field, sense: Sense, yes: int) -> int | None:
    """Return +1 or -1 where a field says that the weakness is there or not, 0 where it leaves that open.

    Args:
        field: The field.
        sense: What its name asks.
        yes: What "yes" to the question says, +1 or -1.

    Returns:
        None where the field says nothing of it.
    """
    value = _LEAD.sub("", field.value).replace("_", " ").strip(" \n\"'`*.")
    if sense.kind == "level":
        return level_of(value)
    if value == "[]" or (value in _NOTHING and (sense.kind == "list" or sense.keys)):
        return -1 if sense.lists else None
    if sense.kind == "sign" and value in _NUMBERS:
        return sense.sign * _NUMBERS[value]
    if sense.kind in ("answer", "sign", "list") and value in _EMPTY:
        return 0
    if sense.kind != "answer" and not sense.sign:
        return None
    return _sign(value, yes if sense.kind == "answer" else sense.sign)


def _sign(value: str, yes: int) -> int | None:
    found = labelled_value_at(value, 0)
    if found is None or _ALL_OF_VALUE.match(value, found.end) is None:
        return None
    return {"there": 1, "absent": -1, "yes": yes, "no": -yes}[found.word]


def _named(tokens: list[Token]) -> frozenset[str]:
    return frozenset(token.key for token in tokens if token.key)
