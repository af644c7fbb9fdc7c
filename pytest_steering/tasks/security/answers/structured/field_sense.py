"""What the name of a field asks."""

from __future__ import annotations

import re
from functools import lru_cache
from math import prod
from typing import NamedTuple

from pytest_steering.tasks.security.answers.cues import Token, cues_of
from pytest_steering.tasks.security.answers.lexicon import Cue
from pytest_steering.tasks.security.answers.weaknesses import WEAKNESSES

_ANSWERS = {
    "answer", "verdict", "decision", "conclusion", "result", "response", "assessment", "judgment",
    "judgement", "classification", "label", "determination", "status", "output", "option", "choice",
    "prediction", "ruling", "outcome", "final",
}  # fmt: skip
_NAMES = {
    "cwe", "cwes", "id", "ids", "cwe_id", "cwe_ids", "cwe_name", "weakness", "weaknesses", "name", "type",
    "types", "title", "category", "kind", "vulnerability", "vulnerabilities", "vulnerability_type", "check",
    "question", "rule", "class",
}  # fmt: skip
_LISTS = {
    "finding", "findings", "vulnerabilities", "issue", "issues", "weaknesses", "cwes", "problem", "problems",
    "flaws", "results", "vulns",
}  # fmt: skip
_LEVELS = {"severity", "risk", "probability", "likelihood", "chance"}
_RESULTS = {"passed": -1, "pass": -1, "ok": -1, "failed": 1, "fail": 1, "affected": 1, "flagged": 1}
_SAYING = {
    Cue.BAD: 1, Cue.FLAW: 1, Cue.NAMED: 1, Cue.PRESENT: 1, Cue.HARM: 1,
    Cue.GOOD: -1, Cue.NEG: -1, Cue.GONE: -1, Cue.STOPPED: -1, Cue.CARE: -1,
}  # fmt: skip
_GLUED = re.compile(
    r"^(is|has|contains|are)(?=vulnerab|secure|safe|present|weak|unsafe|insecure|exploit|affected)"
)
_RUN_TOGETHER = {
    name.lower().replace(" ", ""): one.key for one in WEAKNESSES for name in one.names if " " in name
}


class Sense(NamedTuple):
    """What the name of a field asks.

    Attributes:
        kind: `answer` (to the question), `sign` (of a weakness), `level`, `list`, `name`, or nothing.
        sign: +1 where a yes says that a weakness is there, -1 where it says that none is, else 0.
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


def _named(tokens: list[Token]) -> frozenset[str]:
    return frozenset(token.key for token in tokens if token.key)
