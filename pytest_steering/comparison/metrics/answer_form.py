"""What steering did to the answers as texts: whether they changed, still end, and are no noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from pytest_steering.comparison.facts import Facts
from pytest_steering.comparison.metrics.metric import Gap, Metric
from pytest_steering.comparison.metrics.quantities import Mean, Share
from pytest_steering.comparison.metrics.rates import NO_SAMPLES
from pytest_steering.comparison.outcomes import unended, written
from pytest_steering.comparison.pairing import Pairing
from pytest_steering.comparison.text_form import gibberish, repeats


@dataclass(frozen=True)
class BesideUnsteered:
    """A number of an arm's samples beside the unsteered ones.

    It is a difference already, and taken as it is.

    Attributes:
        name: Under which a record holds it; taken where the unsteered arm is not at hand.
        of: Computes it.
    """

    name: str
    of: Callable[[Pairing], float | None]

    def value(self, facts: Facts) -> float | None:
        """Return it."""
        return facts.measured.get(self.name) if facts.beside is None else self.of(facts.beside)


def changed_share(pairing: Pairing) -> float | None:
    """Return the share of samples that were answered otherwise than in the first arm."""
    return len(pairing.reworded) / len(pairing.pairs) if pairing.pairs else None


def length_ratio(pairing: Pairing) -> float | None:
    """Return the median of how many times as long as in the first arm the answers are, in tokens.

    An answer that its verdict ended has no length of its own and is left out, as is one without tokens.
    """
    whole = [(one, other) for one, other in pairing.pairs if None not in (one.ended, other.ended)]
    ratios = [other.tokens / one.tokens for one, other in whole if one.tokens and other.tokens]
    return median(ratios) if ratios else None


def _alone(name: str) -> Gap:
    return Gap(
        "there is no unsteered arm beside it",
        lambda facts: facts.beside is None and facts.measured.get(name) is None,
    )


NOTHING_WRITTEN = Gap(
    "no answer was written; likelihoods alone were read", lambda facts: not any(map(written, facts.ran))
)
NO_END = Gap(
    "it is not known where the answers ended", lambda facts: all(one.ended is None for one in facts.ran)
)
NO_KL = Gap(
    "no answer's first token was compared with the unsteered one",
    lambda facts: all(one.first_token_kl is None for one in facts.ran),
)
NO_PAIRS = Gap(
    "no sample was run in both arms", lambda facts: not (facts.beside is None or facts.beside.pairs)
)
BESIDE = "samples run in both arms"

METRICS = (
    Metric(
        "changed_share",
        "changed answers",
        "answers whose tokens, or whose margins alone, differ from the unsteered ones / samples",
        BesideUnsteered("changed_share", changed_share),
        over=BESIDE,
        gaps=(_alone("changed_share"), NO_PAIRS),
    ),
    Metric(
        "first_token_kl",
        "KL of the first token",
        "mean KL(arm ‖ unsteered) of the first answer token's distribution",
        Mean(lambda outcome: outcome.first_token_kl),
        over="samples with the same prompt in both arms",
        gaps=(NO_SAMPLES, NO_KL),
        unit="nats",
        bounds=(0.0, None),
    ),
    Metric(
        "repeat_share",
        "repeating answers",
        "answers of which most pairs of neighbouring words stood in them before / samples",
        Share(lambda outcome: repeats(outcome.response), written),
        gaps=(NO_SAMPLES, NOTHING_WRITTEN),
        better="lower",
    ),
    Metric(
        "unreadable_share",
        "answers that are no text",
        "answers that are empty or mostly neither letters, digits nor spaces / samples",
        Share(lambda outcome: gibberish(outcome.response), written),
        gaps=(NO_SAMPLES, NOTHING_WRITTEN),
        better="lower",
    ),
    Metric(
        "unended_share",
        "answers without an end",
        "answers that no stop token ended / samples",
        Share(unended),
        gaps=(NO_SAMPLES, NO_END),
        better="lower",
    ),
    Metric(
        "length_ratio",
        "length ratio",
        "median of steered / unsteered length of an answer in tokens, where both ran to their end",
        BesideUnsteered("length_ratio", length_ratio),
        over=BESIDE,
        gaps=(_alone("length_ratio"), NO_PAIRS),
        unit="ratio",
        bounds=(0.0, None),
    ),
)
