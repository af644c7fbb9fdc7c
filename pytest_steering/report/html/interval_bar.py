"""A change with its interval as a small drawing in a table row; the numbers stand beside it as text."""

from __future__ import annotations

import math

from markupsafe import Markup

WIDTH, HEIGHT = 132, 18


def interval_bar(value: float, low: float, high: float, reach: float) -> Markup:
    """Return a line from end to end, a dot at the value and a rule at zero.

    Args:
        value: The change.
        low: Lower end of its interval.
        high: Upper end.
        reach: What the drawing spans on either side of zero, the same in all rows of one number.
    """
    if not all(map(math.isfinite, (value, low, high))) or not reach:
        return Markup("")
    left, at, right = (round(WIDTH / 2 + end / reach * (WIDTH / 2 - 5), 1) for end in (low, value, high))
    left, right = max(1.0, left), min(WIDTH - 1.0, right)
    tone = "bar-clear" if low > 0 or high < 0 else "bar-unclear"
    return Markup(
        '<svg class="bar {}" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true">'
        '<line class="bar-zero" x1="{}" y1="1" x2="{}" y2="{}"/>'
        '<line class="bar-line" x1="{}" y1="9" x2="{}" y2="9"/>'
        '<circle class="bar-dot" cx="{}" cy="9" r="4"/></svg>'
    ).format(tone, WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH / 2, WIDTH / 2, HEIGHT - 1, left, right, at)
