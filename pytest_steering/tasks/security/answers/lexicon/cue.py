"""What a word or phrase can do in a statement."""

from __future__ import annotations

from enum import Enum


class Cue(str, Enum):
    """What a word or phrase does in a statement."""

    NEG = "turns what follows in its clause"
    STOP = "prevention: turns the flaw it acts on"
    STOPPED = "prevention in the passive, said of the flaw before it"
    GONE = "says of the flaw before it that it is not there"
    PRESENT = "what a negation behind a flaw denies: not *present*"
    BAD = "a predicate that says vulnerable"
    GOOD = "a predicate that says secure"
    FLAW = "a noun for any weakness"
    NAMED = "a noun for one weakness"
    HARM = "what only an attacker or a bug does"
    CARE = "what careful code does"
    GUARD = "a noun that makes a guard of the flaw before it: overflow *check*"
    INPUT = "a noun that makes mere input of the flaw before it: traversal *sequences*"
    CAUSE = "links a cause to its effect; a negation of the cause does not reach the effect"
    HEDGE = "makes a statement a possibility"
    IF = "makes a clause a condition"
    WOULD = "speaks of what is not so"
    ADVICE = "says what to do"
    FIXED = "speaks of changed code"
    TEACH = "speaks of the weakness in general"
    ELSEWHERE = "speaks of other code: an earlier version"
    UNSURE = "says that the answer is not known"
    WHETHER = "an open question in a statement"
    FINAL = "announces the conclusion"
    SO = "draws a conclusion, of the whole when it opens a sentence"
    REVISE = "takes back what was said"
    INDEED = "stresses what is said, and may take back what was said"
    FIRST = "marks a first impression"
    RETRACT = "says of what was said before that it is wrong"
    EXCEPT = "sets the flaw behind it apart from the others: all *but* it"
    BUT = "what follows counts, what came before was conceded"
    THOUGH = "what follows is conceded"
    SPLIT = "begins a new clause"
    SUBJECT = "the code that was asked about"
    PART = "a part of the code that was asked about"
    ABOUT = "makes a topic of the flaw behind it: concerns *related to* it"
    ASSERT = "a verb that says a flaw is there"
    PRONOUN = "stands for what was said before"
    NONE = "a phrase that must not be taken apart"
    COMMA = "a comma or *and*"
    OR = "*or*"
    COLON = "a colon"
    OPEN = "an opening parenthesis"


# Before Python 3.12 a member is looked up by a call of `enum`'s own; an answer takes hundreds of them.
for _member in Cue:
    type.__setattr__(Cue, _member.name, _member)
