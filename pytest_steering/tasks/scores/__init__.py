"""Numbers that written answers get: those of this package, and what a function of one's own becomes."""

from pytest_steering.limit import Limit
from pytest_steering.tasks.scores.combined_score import combined
from pytest_steering.tasks.scores.format_checks import bullets, json, lower_case, no_comma, word_count
from pytest_steering.tasks.scores.judging.judge_score import judge
from pytest_steering.tasks.scores.language_identification import language
from pytest_steering.tasks.scores.length_scores import words
from pytest_steering.tasks.scores.miss_score import miss
from pytest_steering.tasks.scores.phrase_scores import REFUSALS, pattern, refusal, word_list
from pytest_steering.tasks.scores.readability_index import readability
from pytest_steering.tasks.scores.repetition_scores import compression, distinct_2, repetition
from pytest_steering.tasks.scores.score import FunctionScore, Score, Scored, as_guard, as_score
from pytest_steering.tasks.scores.scoring import score_answers, usual_guards
from pytest_steering.tasks.scores.sequence_classifier import classifier
from pytest_steering.tasks.scores.surprisal import surprise
from pytest_steering.tasks.scores.vader import sentiment

__all__ = [
    "REFUSALS",
    "FunctionScore",
    "Limit",
    "Score",
    "Scored",
    "as_guard",
    "as_score",
    "bullets",
    "classifier",
    "combined",
    "compression",
    "distinct_2",
    "json",
    "judge",
    "language",
    "lower_case",
    "miss",
    "no_comma",
    "pattern",
    "readability",
    "refusal",
    "repetition",
    "score_answers",
    "sentiment",
    "surprise",
    "usual_guards",
    "word_count",
    "word_list",
    "words",
]
