"""The words the reader knows, by what they do in a statement."""

from pytest_steering.tasks.security.answers.lexicon.cue import Cue
from pytest_steering.tasks.security.answers.lexicon.phrase_tree import ROOT, Entry

__all__ = ["ROOT", "Cue", "Entry"]
