"""Hard answers against labels: how many were answered, and how many of those were right.

The positive class is *the asked weakness is present*. A rate whose denominator is zero is None.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_steering.evaluation.metrics.scored import Scored


@dataclass(frozen=True)
class Confusion:
    """Counts of answers by label.

    Attributes:
        tp: Vulnerable, answered yes.
        fn: Vulnerable, answered no.
        fp: Patched, answered yes.
        tn: Patched, answered no.
        unanswered_vulnerable: Vulnerable, without a readable answer.
        unanswered_patched: Patched, without a readable answer.
    """

    tp: int
    fn: int
    fp: int
    tn: int
    unanswered_vulnerable: int
    unanswered_patched: int

    @property
    def n(self) -> int:
        """All samples."""
        return self.answered + self.unanswered_vulnerable + self.unanswered_patched

    @property
    def answered(self) -> int:
        """Samples with a readable answer."""
        return self.tp + self.fn + self.fp + self.tn


def confusion(rows: Sequence[Scored]) -> Confusion:
    """Count answers by label."""
    seen = Counter((row.expected, row.predicted) for row in rows)
    return Confusion(
        tp=seen[1, "yes"],
        fn=seen[1, "no"],
        fp=seen[0, "yes"],
        tn=seen[0, "no"],
        unanswered_vulnerable=seen[1, "none"],
        unanswered_patched=seen[0, "none"],
    )


def answered_share(c: Confusion) -> float | None:
    """Samples with a readable answer / all samples."""
    return _ratio(c.answered, c.n)


def accuracy_answered(c: Confusion) -> float | None:
    """(TP + TN) / answered samples."""
    return _ratio(c.tp + c.tn, c.answered)


def accuracy_all(c: Confusion) -> float | None:
    """(TP + TN) / all samples: no answer counts as a wrong one."""
    return _ratio(c.tp + c.tn, c.n)


def tpr(c: Confusion) -> float | None:
    """True positive rate (sensitivity, recall) TP / (TP + FN), over answered samples."""
    return _ratio(c.tp, c.tp + c.fn)


def tnr(c: Confusion) -> float | None:
    """True negative rate (specificity) TN / (TN + FP), over answered samples."""
    return _ratio(c.tn, c.tn + c.fp)


def balanced_accuracy(c: Confusion) -> float | None:
    """(TPR + TNR) / 2, over answered samples; None when one class has no answer.

    Source: Brodersen et al. 2010, *The balanced accuracy and its posterior distribution*.
    """
    return _mean(tpr(c), tnr(c))


def balanced_accuracy_all(c: Confusion) -> float | None:
    """Mean over both classes of correct / all samples: no answer counts as a wrong one."""
    present = _ratio(c.tp, c.tp + c.fn + c.unanswered_vulnerable)
    return _mean(present, _ratio(c.tn, c.tn + c.fp + c.unanswered_patched))


def mcc(c: Confusion) -> float | None:
    """Matthews correlation (TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN)), over answered samples.

    None where a margin of the table is empty (a constant predictor, or one class alone); scikit-learn writes
    0 there, which would make "always yes" look like a coin. Source: Matthews 1975.
    """
    margins = (c.tp + c.fp) * (c.tp + c.fn) * (c.tn + c.fp) * (c.tn + c.fn)
    return (c.tp * c.tn - c.fp * c.fn) / math.sqrt(margins) if margins else None


def yes_rate(c: Confusion) -> float | None:
    """Answers that say *present* / answered samples."""
    return _ratio(c.tp + c.fp, c.answered)


def constant_predictor(c: Confusion) -> str | None:
    """Name a predictor that always says the same: `always yes`, `always no`, `never answers`; else None."""
    if not c.answered:
        return "never answers" if c.n else None
    if not c.fn + c.tn:
        return "always yes"
    return None if c.tp + c.fp else "always no"


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else (one + other) / 2
