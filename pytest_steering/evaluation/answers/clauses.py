"""From the cues of a sentence to statements: the weakness is there, or it is not, and how firmly that is said."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pytest_steering.evaluation.answers.cues import Token
from pytest_steering.evaluation.answers.lexicon import Cue

CLAIM = 3.0
EVIDENCE = 1.0

_REACH = 14
_SHORT = ("rather", "instead")
_RELATIVE = ("which", "where", "who", "such", "like")
_OPENERS = {Cue.SUBJECT, Cue.PART, Cue.PRONOUN, Cue.NEG, Cue.FINAL, Cue.SO}
_EXPLETIVES = ("there", "there's", "it's")
_VERBS = {Cue.ASSERT, Cue.STOP, Cue.HEDGE, Cue.CAUSE}


@dataclass(frozen=True)
class Statement:
    """One statement about a weakness.

    Attributes:
        sign: +1 the weakness is there, -1 it is not.
        strength: 3 a claim, 1 mere evidence; less when hedged, conceded or conditional.
        keys: The weaknesses it names; empty when it speaks of weakness in general.
        start: Place of its first character.
        end: Place behind its last character.
        final: It stands behind a word that announces the conclusion.
        whole: It speaks of the whole code.
        predicate: It is an adjective said of the code, such as *vulnerable*.
        part: It speaks of a part of the code.
    """

    sign: int
    strength: float
    keys: frozenset[str]
    start: int
    end: int
    final: bool = False
    whole: bool = False
    predicate: bool = False
    part: bool = False


@dataclass
class Clause:
    """The cues of one clause, and the cue that opens it."""

    tokens: list[Token] = field(default_factory=list)
    opener: Cue | None = None
    word: str = ""
    stop: int = 0

    def has(self, *cues: Cue) -> bool:
        """Tell whether any of these cues stands in the clause."""
        return any(token.cue in cues for token in self.tokens)


def clauses_of(tokens: list[Token], words: int) -> list[Clause]:
    """Split a sentence's cues where a new clause begins."""
    clauses = [Clause()]
    for number, token in enumerate(tokens):
        following = tokens[number + 1] if number + 1 < len(tokens) else None
        if _begins(token, following, clauses[-1]):
            clauses.append(Clause([], token.cue, token.word))
        if token.cue is not Cue.COMMA or clauses[-1].tokens:
            clauses[-1].tokens.append(token)
    clauses = [clause for clause in clauses if clause.tokens]
    stop = words
    for clause in reversed(clauses):
        clause.stop, stop = stop, clause.tokens[0].index
    return clauses


def _begins(token: Token, following: Token | None, clause: Clause) -> bool:
    if token.cue in (Cue.SPLIT, Cue.BUT, Cue.THOUGH, Cue.IF, Cue.COLON):
        return True
    if token.cue in (Cue.FINAL, Cue.SO):
        return bool(clause.tokens)
    if token.cue is not Cue.COMMA:
        return False
    if following is None:
        return False
    if token.word == "and":
        return following.index == token.index + 1 and following.cue in _OPENERS | _VERBS
    return clause.opener in (Cue.THOUGH, Cue.IF) or following.cue in _OPENERS or following.word in _EXPLETIVES


def statements_of(clause: Clause) -> list[Statement]:
    """Return the statements of one clause, negation and its scope taken into account."""
    flips: list[Token] = []
    made: list[tuple[Statement, Token, list[Token]]] = []
    governed = False
    previous: Token | None = None
    for place, token in enumerate(clause.tokens):
        if _is_flaw_pronoun(token, previous, clause.stop):
            token = token._replace(cue=Cue.FLAW)
        if token.cue is Cue.NAMED and _is_input(clause.tokens[place + 1 : place + 2], token):
            continue
        flips = [flip for flip in flips if token.index - flip.last <= (4 if flip.word in _SHORT else _REACH)]
        cue = token.cue
        if cue in (Cue.NEG, Cue.STOP):
            flips.append(token)
        elif cue is Cue.CAUSE:
            flips = [flips[-1]] if previous in flips and flips and token.index - flips[-1].last <= 3 else []
            governed = bool(made) and made[-1][0].sign < 0
        elif cue is Cue.COMMA and made:
            flips = [
                flip
                for flip in flips
                if clause.tokens[place + 1 : place + 2] and _is_noun(clause.tokens[place + 1])
            ]
            governed = governed and bool(flips)
        elif cue in _MEANING:
            if governed and cue in (Cue.NAMED, Cue.FLAW, Cue.HARM):
                made[-1] = (_named(made[-1][0], token), made[-1][1], made[-1][2])
            else:
                made.append((_statement(token, flips, clause, place), token, list(flips)))
                governed = cue in (Cue.GOOD, Cue.BAD)
        previous = token
    statements = []
    for number, (statement, token, _) in enumerate(made):
        stop = made[number + 1][1].index if number + 1 < len(made) else 10**9
        trailing = [later for later in clause.tokens if token.last < later.index < stop]
        statements.append(_denied(statement, trailing, clause.stop))
    return statements


_MEANING = {Cue.GOOD, Cue.BAD, Cue.FLAW, Cue.NAMED, Cue.HARM, Cue.CARE}


def _is_flaw_pronoun(token: Token, previous: Token | None, stop: int) -> bool:
    """Tell whether a pronoun stands for the flaw: "it does not suffer from *it*", "the check prevents *this*"."""
    if token.cue is not Cue.PRONOUN or previous is None or token.last < stop - 1:
        return False
    return previous.cue is Cue.STOP or (previous.cue is Cue.ASSERT and previous.word in _HAVING)


_HAVING = ("contain", "contains", "suffer", "suffers", "exhibit", "exhibits", "have", "has", "show", "shows")


def _is_input(following: list[Token], token: Token) -> bool:
    return bool(following) and following[0].cue is Cue.INPUT and following[0].index == token.last + 1


def _is_noun(token: Token) -> bool:
    return token.cue in (Cue.NAMED, Cue.FLAW, Cue.OR)


def _named(statement: Statement, token: Token) -> Statement:
    keys = statement.keys | {token.key} if token.key else statement.keys
    return replace(statement, keys=keys, end=max(statement.end, token.end))


def _statement(token: Token, flips: list[Token], clause: Clause, place: int) -> Statement:
    base = -1 if token.cue in (Cue.GOOD, Cue.CARE) else 1
    guard = clause.tokens[place + 1] if place + 1 < len(clause.tokens) else None
    cue = token.cue
    if (
        guard is not None
        and guard.cue in (Cue.GUARD, Cue.CARE, Cue.STOP)
        and guard.index == token.last + 1
        and cue is Cue.NAMED
    ):
        base, cue = -1, Cue.CARE
    flips = [flip for flip in flips if flip.cue is Cue.NEG] if cue is Cue.CARE else flips
    sign = base * (-1) ** len(flips)
    before = clause.tokens[:place]
    strength = _strength(token, cue, flips, before, clause.word in _RELATIVE)
    keys = frozenset({token.key}) if token.key else frozenset()
    start = flips[0].start if flips else token.start
    return Statement(sign, strength, keys, start, token.end, predicate=cue in (Cue.GOOD, Cue.BAD))


def _strength(token: Token, cue: Cue, flips: list[Token], before: list[Token], relative: bool) -> float:
    if cue in (Cue.GOOD, Cue.BAD):
        return _predication(token, flips, before)
    if cue in (Cue.HARM, Cue.CARE):
        return EVIDENCE
    if token.key == "overflow" and not flips:
        return 2.0
    if before and before[-1].cue is Cue.ABOUT and token.index - before[-1].last <= 4:
        return 0.0
    said = {token.cue for token in before}
    if flips:
        return CLAIM if flips[-1].cue is Cue.NEG or len(flips) > 1 else _prevention(flips[-1].word)
    if Cue.CAUSE in said:
        return 2.0
    if relative:
        return EVIDENCE
    return CLAIM if Cue.ASSERT in said else EVIDENCE


def _predication(token: Token, flips: list[Token], before: list[Token]) -> float:
    """Return how firm an adjective is: *is safe* is a claim, *a safe wrapper* is not."""
    if token.before in _ARTICLES:
        return 0.5 if token.cue is Cue.GOOD else 1.6
    linked = flips or not before or any(earlier.cue in _LINKS for earlier in before)
    return CLAIM if linked else EVIDENCE


_ARTICLES = ("a", "an", "the", "your", "any", "some", "of", "more", "its", "as", "using", "uses", "use")
_LINKS = {
    Cue.ASSERT, Cue.HEDGE, Cue.CAUSE, Cue.PRONOUN, Cue.SUBJECT, Cue.PART, Cue.BUT, Cue.SO, Cue.FINAL, Cue.COLON, Cue.WOULD,
    Cue.GOOD, Cue.BAD, Cue.STOP,
}  # fmt: skip


def _prevention(verb: str) -> float:
    """Return how firm a prevention is: what *prevents* is there, what is done *to prevent* may not be enough."""
    return 0.7 if verb == "to" else EVIDENCE if verb.endswith("ing") else 1.6


def _denied(statement: Statement, trailing: list[Token], stop: int) -> Statement:
    if statement.predicate:
        return statement
    sign, strength, end = 1, statement.strength, statement.end
    for number, token in enumerate(trailing):
        if token.cue is Cue.CAUSE:
            break
        turns, firmness = _turn(token, trailing[number + 1 : number + 2], stop)
        sign, strength = sign * turns, max(strength, firmness)
        end = token.end if turns < 0 else end
    return replace(statement, sign=statement.sign * sign, strength=strength, end=end)


def _turn(token: Token, following: list[Token], stop: int) -> tuple[int, float]:
    after = following[0].cue if following else None
    last = after is None and token.last >= stop - 1
    if token.cue is Cue.NEG and token.word in _VERBAL and (last or after in _DENIABLE):
        return -1, CLAIM if last or after is Cue.PRESENT else 2.0
    if token.cue in (Cue.STOPPED, Cue.GONE) or (last and token.word in _WANTING):
        return -1, 2.0
    if token.cue is Cue.PRESENT:
        return 1, CLAIM if token.word in _EXISTING else 2.0
    return 1, 2.0 if token.cue is Cue.ASSERT else 0.0


_DENIABLE = (Cue.PRESENT, Cue.HEDGE, Cue.ASSERT, Cue.COMMA, Cue.STOPPED, Cue.GONE)
_WANTING = ("insufficient", "inadequate", "incomplete", "missing", "lacking", "incorrect", "improper", "inadequately")
_EXISTING = ("present", "exist", "exists", "found", "detected", "identified", "evident", "exhibited")
_VERBAL = {
    "not", "never", "cannot", "none", "isn't", "aren't", "wasn't", "weren't", "doesn't", "don't", "didn't", "can't", "won't",
    "couldn't", "wouldn't", "hasn't",
}  # fmt: skip
