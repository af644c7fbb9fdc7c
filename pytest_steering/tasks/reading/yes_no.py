"""Reads an answer that is one of two words, such as Yes and No or Positive and Negative."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from pytest_steering.errors import DataError
from pytest_steering.tasks.reading.answer import Answer, Verdict

_NEW_PROMPT = re.compile(r"\n[ \t]{0,8}(#{2,}|(question|text|user|human|q)\s*:)", re.IGNORECASE)
"""Base models ramble on into further questions; only what comes before is the answer."""

_NEGATION = r"(\b(not|never|neither|nor|hardly|without)\b|n['’]t\b)"
_NEGATED = re.compile(rf"{_NEGATION}(\W+\w+){{0,3}}\W*$", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.;:!?\n]")
_REACH = 80
"""Characters before a word in which a negation is looked for."""

_NO_ANSWER = r"(?!\s+(doubt|idea|one|answer)\b)"
"""`No doubt` and `No idea` begin with the word and do not say it."""


@dataclass(frozen=True)
class YesNoReader:
    """Reads which of two words an answer gives; neither, both, or a word taken back is `none`.

    Attributes:
        yes: The word that says the asked property is there.
        no: The word that says it is not.
    """

    yes: str
    no: str

    def __post_init__(self) -> None:
        for name in ("yes", "no"):
            object.__setattr__(self, name, getattr(self, name).strip())
        if not self.yes or not self.no or self.yes.casefold() == self.no.casefold():
            raise DataError(f"the answers {self.yes!r} and {self.no!r}: two different words were expected")

    @property
    def telling(self) -> bool:
        """Whether the words tell the property in any sentence; yes and no do so only as an answer."""
        return {self.yes.casefold(), self.no.casefold()}.isdisjoint({"yes", "no"})

    def __call__(self, text: str, question: str | None = None) -> Answer:
        """Return what an answer says; the question is not needed."""
        del question
        said = self._answer_part(text)
        announced = list(self._patterns.announced.finditer(said))
        if announced:
            return self._found(announced[-1], 0.9, "announced answer")
        leading = self._patterns.leading.match(said)
        if leading is None:
            return self._stated(said) if self.telling else _nothing("no answer")
        alone = self._patterns.alone.finditer(said)
        if len({self._verdict(match["word"]) for match in (leading, *alone)}) > 1:
            return _nothing("contradiction")
        return self._found(leading, 0.95, "leading answer")

    def _answer_part(self, text: str) -> str:
        """Return the text up to a new prompt, with the two words blanked where they are named together."""
        cut = _NEW_PROMPT.search(text)
        text = text[: cut.start()] if cut else text
        return self._patterns.both.sub(lambda match: " " * len(match[0]), text)

    def _stated(self, said: str) -> Answer:
        """Return what all statements say; statements against each other say nothing."""
        found = [(match, self._signed(said, match)) for match in self._patterns.word.finditer(said)]
        verdicts = {verdict for _, verdict in found}
        if len(verdicts) != 1:
            return _nothing("contradiction" if verdicts else "no answer")
        match, verdict = found[0]
        return Answer(verdict, 0.7, match.span(), "statement")

    def _signed(self, said: str, match: re.Match[str]) -> Verdict:
        clause = _CLAUSE_END.split(said[max(0, match.start() - _REACH) : match.start()])[-1]
        verdict = self._verdict(match["word"])
        if not _NEGATED.search(clause):
            return verdict
        return "no" if verdict == "yes" else "yes"

    def _found(self, match: re.Match[str], confidence: float, rule: str) -> Answer:
        return Answer(self._verdict(match["word"]), confidence, match.span("word"), rule)

    def _verdict(self, word: str) -> Verdict:
        return "yes" if word.casefold() == self.yes.casefold() else "no"

    @cached_property
    def _patterns(self) -> _Patterns:
        return _Patterns.of(self.yes, self.no)


@dataclass(frozen=True)
class _Patterns:
    """Where the two words stand in an answer.

    Attributes:
        word: Either word.
        leading: As the first word.
        announced: After "the answer is" and its like.
        alone: As a sentence of one word.
        both: The two named together, as a question names them.
    """

    word: re.Pattern[str]
    leading: re.Pattern[str]
    announced: re.Pattern[str]
    alone: re.Pattern[str]
    both: re.Pattern[str]

    @classmethod
    def of(cls, yes: str, no: str) -> _Patterns:
        # The longer first: `not positive` must not be read as `positive`.
        words = sorted(map(re.escape, (yes, no)), key=len, reverse=True)
        either = rf"(?<!\w)(?P<word>{'|'.join(words)})(?!\w)"
        heads = r"\b(answer|verdict|conclusion|label|rating)(\s+(is|would be))?\W{0,20}?"
        joined = r"[\s,'\"*]{0,8}(/|\||\bor\b|\band\b)[\s'\"*]{0,8}"
        one, other = map(re.escape, (yes, no))
        patterns = (
            either,
            rf"[\W_]*{either}{_NO_ANSWER}",
            rf"{heads}{either}{_NO_ANSWER}",
            rf"(?<=[.!?\n]) *{either}(?=\s*([.!?\n]|$))",
            rf"(?<!\w)({one}{joined}{other}|{other}{joined}{one})(?!\w)",
        )
        return cls(*(re.compile(pattern, re.IGNORECASE) for pattern in patterns))


def _nothing(rule: str) -> Answer:
    return Answer("none", None, None, rule)


def planted_texts(yes: str, no: str) -> list[tuple[str, str, Verdict]]:
    """Return answers made of two words, each with a name and its verdict.

    Args:
        yes: The word that says the asked property is there.
        no: The word that says it is not.
    """
    reader = YesNoReader(yes, no)
    yes, no = reader.yes, reader.no
    found: list[tuple[str, str, Verdict]] = [
        ("a plain yes", f" {yes}.", "yes"),
        ("a plain no", f" {no}.", "no"),
        ("a yes with a reason", f" {yes}, the text says so plainly.", "yes"),
        ("a no with a reason", f" {no}, that is what the text says.", "no"),
        ("an announced yes", f"The answer is {yes}.", "yes"),
        ("an announced no", f"The answer is {no}.", "no"),
        ("both answers named", f" {yes} or {no}?", "none"),
        ("an answer about nothing", " The weather was fine that day.", "none"),
        ("an empty answer", "", "none"),
    ]
    contained = yes.casefold() in no.casefold() or no.casefold() in yes.casefold()
    if reader.telling and not contained:
        found += [
            ("a negated yes", f" It is not {yes.lower()}.", "no"),
            ("a negated no", f" It is not {no.lower()}.", "yes"),
        ]
    return found
