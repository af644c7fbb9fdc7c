"""Flips that a near-tie of logits explains: the two answers part at the token that nearly was another."""

from __future__ import annotations

from pytest_steering.records import Outcome


def at_near_tie(before: Outcome, now: Outcome) -> bool:
    """Whether two answers part at a near-tie of one of them."""
    if before.response == now.response:
        return False
    if before.tied_text or now.tied_text:
        return _other_way(before, now) or _other_way(now, before)
    # Records of earlier versions say no more than where it was; a baseline alone is not taken at its word.
    return now.tied_at is not None and _can_part_at(now.tied_at, before.response, now.response)


def _other_way(one: Outcome, other: Outcome) -> bool:
    """Whether the second answer is what the first would have been, had its near-tie gone the other way."""
    if not one.tied_text:
        return False
    goes_on = other.response.startswith(one.tied_text) and not one.response.startswith(one.tied_text)
    return goes_on or other.response == one.tied_text


def _can_part_at(token: int, one: str, other: str) -> bool:
    """Whether two answers can part at a token of which nothing is known but its place.

    What they have in common has at most a token a character, and at least one a whole word.
    """
    parts = (at for at, (first, second) in enumerate(zip(one, other, strict=False)) if first != second)
    same = one[: next(parts, min(len(one), len(other)))]
    return max(0, len(same.split()) - 1) <= token <= len(same)
