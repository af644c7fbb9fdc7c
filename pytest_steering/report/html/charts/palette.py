"""The colours of all figures: one for what was steered, one for what went wrong, and greys for the rest.

Blue and vermilion are told apart by people who do not see red or green (Okabe & Ito 2008), and in print; the
form of a mark says the same as its colour. The page's style sets the variables; what stands behind a comma
is for a drawing without it.
"""

from __future__ import annotations

from pytest_steering.comparison import STEERED, UNSTEERED

INK = "var(--figure-ink, currentColor)"
QUIET = "var(--figure-quiet, #5f6670)"
RULE = "var(--figure-rule, #d5d9de)"
PAPER = "var(--figure-paper, #ffffff)"
MODEL = "var(--figure-unsteered, #33383f)"
VECTOR = "var(--figure-steered, #0067a5)"
CONTROL = "var(--figure-control, #878e98)"
WRONG = "var(--figure-wrong, #c1440e)"

STYLE = """
:root, :root[data-theme="light"] {
  --figure-ink: #1b1f24; --figure-quiet: #5f6670; --figure-rule: #d5d9de; --figure-paper: #ffffff;
  --figure-unsteered: #33383f; --figure-steered: #0067a5; --figure-control: #878e98; --figure-wrong: #c1440e;
}
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {
  --figure-ink: #e8eaed; --figure-quiet: #a4abb5; --figure-rule: #3a4048; --figure-paper: #16181d;
  --figure-unsteered: #d3d8de; --figure-steered: #4aa8e8; --figure-control: #868e99; --figure-wrong: #f0803c;
} }
:root[data-theme="dark"] {
  --figure-ink: #e8eaed; --figure-quiet: #a4abb5; --figure-rule: #3a4048; --figure-paper: #16181d;
  --figure-unsteered: #d3d8de; --figure-steered: #4aa8e8; --figure-control: #868e99; --figure-wrong: #f0803c;
}
@media print { :root, :root[data-theme] {
  --figure-ink: #000000; --figure-quiet: #444444; --figure-rule: #cccccc; --figure-paper: #ffffff;
  --figure-unsteered: #33383f; --figure-steered: #0067a5; --figure-control: #878e98; --figure-wrong: #c1440e;
} }
svg.figure { max-width: 100%; height: auto; color: var(--figure-ink); print-color-adjust: exact; }
""".strip()
"""For a page's style: the figures follow `data-theme` at its root, or the system's theme."""


def colour_of(arm: str) -> str:
    """Return the colour of an arm, the same in every figure."""
    return {UNSTEERED: MODEL, STEERED: VECTOR}.get(arm, CONTROL)
