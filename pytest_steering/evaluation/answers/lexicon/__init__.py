"""The words the reader knows, by what they do in a statement."""

from pytest_steering.evaluation.answers.lexicon.cue import Cue
from pytest_steering.evaluation.answers.lexicon.table import ROOT, Entry

__all__ = ["ROOT", "Cue", "Entry"]
