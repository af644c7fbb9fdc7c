"""What an arm does to texts that ask nothing: measured beside the samples, and taken as it is."""

from __future__ import annotations

from pytest_steering.comparison.metrics.metric import Better, Gap, Metric
from pytest_steering.comparison.metrics.quantities import Plain

Bounds = tuple[float | None, float | None]


def measured(
    name: str, title: str, meaning: str, over: str, unit: str, bounds: Bounds, better: Better = "lower"
) -> Metric:
    """Return a metric whose value a run measures and its record holds."""
    gap = Gap("not measured in this arm", lambda facts: facts.measured.get(name) is None)
    quantity = Plain(lambda facts: facts.measured.get(name))
    return Metric(name, title, meaning, quantity, over, (gap,), better, unit, bounds)


HALVES = "second halves of 16 texts (4 from 50 million parameters on)"

METRICS = (
    measured(
        "neutral_kl",
        "KL on neutral texts",
        "mean KL(arm ‖ unsteered) of the next token after each text",
        "48 neutral texts (12 from 50 million parameters on)",
        "nats",
        (0.0, None),
    ),
    measured(
        "neutral_token_kl",
        "KL a neutral token",
        "mean KL(arm ‖ unsteered) a token",
        HALVES,
        "nats",
        (0.0, None),
    ),
    measured(
        "neutral_token_kl_95",
        "KL a neutral token, 95 %",
        "95th percentile of KL(arm ‖ unsteered) a token",
        HALVES,
        "nats",
        (0.0, None),
    ),
    measured(
        "neutral_perplexity_ratio",
        "perplexity ratio",
        "exp of the mean change of the texts' own negative log-likelihood a token; 1 is unsteered",
        HALVES,
        "ratio",
        (0.0, None),
    ),
    measured(
        "off_target_accuracy",
        "off-target accuracy",
        "tokens at which the likeliest token is the text's own / tokens",
        HALVES,
        "share",
        (0.0, 1.0),
        "higher",
    ),
    measured(
        "off_target_change",
        "off-target change",
        "`off_target_accuracy` of the arm − that of the unsteered model",
        HALVES,
        "share",
        (-1.0, 1.0),
        "higher",
    ),
    measured(
        "threshold",
        "threshold of the margin",
        "from which margin on a calibrated arm says *present*",
        "samples it was fitted on",
        "nats",
        (None, None),
        "neither",
    ),
)
