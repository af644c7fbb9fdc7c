"""Answers against labels: how many were answered, and how many of those were right."""

from __future__ import annotations

import math

from pytest_steering.comparison.confusion import Confusion
from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.metrics.metric import Gap, Metric
from pytest_steering.comparison.metrics.quantities import Balanced, Plain, Share
from pytest_steering.comparison.outcomes import (
    absent,
    answered,
    asked_for_verdict,
    both,
    labelled,
    present,
    right,
    says_yes,
)

NO_SAMPLES = Gap("there are no samples", lambda facts: not facts.ran)
NO_LABELS = Gap("no sample has a label", lambda facts: not facts.count(labelled))
NO_VERDICTS = Gap("no answer was to say yes or no", lambda facts: not facts.count(asked_for_verdict))
NO_ANSWERS = Gap("no sample was answered", lambda facts: not facts.confusion.answered)
NO_CLASS = Gap("one class has no sample", lambda facts: not (facts.count(present) and facts.count(absent)))
NO_PRESENT = Gap(
    "no sample with the property was answered", lambda facts: not facts.count(both(answered, present))
)
NO_ABSENT = Gap(
    "no sample without the property was answered", lambda facts: not facts.count(both(answered, absent))
)
NO_CLASS_ANSWERED = Gap(
    "one class has no answered sample",
    lambda facts: NO_PRESENT.applies(facts) or NO_ABSENT.applies(facts),
)
CONSTANT = Gap("the predictor is constant", lambda facts: facts.confusion.constant is not None)

BALANCED = "Brodersen et al. 2010"
TPR = Share(right, both(answered, present))
TNR = Share(right, both(answered, absent))


def mcc(c: Confusion) -> float | None:
    """Matthews correlation (TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN)), over answered samples.

    None where a margin of the table is empty (a constant predictor, or one class alone); scikit-learn writes
    0 there, which would make "always yes" look like a coin.
    """
    margins = (c.tp + c.fp) * (c.tp + c.fn) * (c.tn + c.fp) * (c.tn + c.fn)
    return (c.tp * c.tn - c.fp * c.fn) / math.sqrt(margins) if margins else None


def _mcc(facts: Facts) -> float | None:
    return mcc(facts.confusion)


METRICS = (
    Metric(
        "answered_share",
        "answered",
        "readable answers / samples",
        Share(answered, asked_for_verdict),
        gaps=(NO_SAMPLES, NO_VERDICTS),
        better="higher",
    ),
    Metric(
        "balanced_accuracy",
        "balanced accuracy",
        "mean over both classes of right / samples: no answer counts as a wrong one",
        Balanced(Share(right, present), Share(right, absent)),
        gaps=(NO_CLASS,),
        better="higher",
        source=BALANCED,
        older_names=("balanced_accuracy_all",),
    ),
    Metric(
        "balanced_accuracy_answered",
        "balanced accuracy (answered)",
        "(TPR + TNR) / 2",
        Balanced(TPR, TNR),
        over="answered samples",
        gaps=(NO_CLASS_ANSWERED,),
        better="higher",
        source=BALANCED,
    ),
    Metric(
        "mcc",
        "MCC",
        "(TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN))",
        Plain(_mcc),
        over="answered samples",
        gaps=(CONSTANT, NO_CLASS_ANSWERED),
        better="higher",
        unit="correlation",
        bounds=(-1.0, 1.0),
        source="Matthews 1975",
    ),
    Metric(
        "tpr",
        "TPR",
        "right / samples with the property: sensitivity, recall",
        TPR,
        over="answered samples",
        gaps=(NO_PRESENT,),
        better="higher",
    ),
    Metric(
        "tnr",
        "TNR",
        "right / samples without the property: specificity",
        TNR,
        over="answered samples",
        gaps=(NO_ABSENT,),
        better="higher",
    ),
    Metric(
        "yes_rate",
        "yes-rate",
        "answers that say *present* / answers",
        Share(says_yes, answered),
        over="answered samples",
        gaps=(NO_ANSWERS,),
    ),
    Metric(
        "accuracy",
        "accuracy",
        "right / samples: no answer counts as a wrong one",
        Share(right, labelled),
        gaps=(NO_SAMPLES, NO_LABELS),
        better="higher",
        older_names=("accuracy_all",),
    ),
    Metric(
        "accuracy_answered",
        "accuracy (answered)",
        "right / answers",
        Share(right, both(answered, labelled)),
        over="answered samples",
        gaps=(NO_ANSWERS, NO_LABELS),
        better="higher",
    ),
)
