"""Expectations that no verb has decided: who writes `result.expect("accuracy")` alone has tested nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pytest_steering.errors import ExpectationFailed


@dataclass(eq=False)
class Begun:
    """An expectation from where it is named to where it is decided.

    Attributes:
        of: Whose number, such as `steered accuracy`.
        decided: Whether a verb was called.
    """

    of: str
    decided: bool = False


_WATCHES: list[list[Begun]] = []
"""Of tests inside tests the innermost comes last. No context variable: a thread would not see that."""


@contextmanager
def watched() -> Iterator[list[Begun]]:
    """Yield a list that gets every expectation that is begun meanwhile; nobody keeps any elsewhere."""
    begun: list[Begun] = []
    _WATCHES.append(begun)
    try:
        yield begun
    finally:
        _WATCHES.pop()


def begin(of: str) -> Begun:
    """Return a new expectation, which whoever watches is to find decided.

    Args:
        of: Whose number.
    """
    begun = Begun(of)
    if _WATCHES:
        _WATCHES[-1].append(begun)
    return begun


def require_decided(begun: list[Begun]) -> None:
    """Raise ExpectationFailed where an expectation was left open, by name; none is asked of twice.

    Args:
        begun: Those of a test so far; it is emptied.
    """
    left = list(dict.fromkeys(one.of for one in begun if not one.decided))
    begun.clear()
    if left:
        raise ExpectationFailed(
            f"nothing was decided of {', '.join(left)}: expect(...) names a number, and a verb behind it "
            "decides, such as .improves(by=0.1), .stays(within=0.05) or .at_least(0.9)"
        )
