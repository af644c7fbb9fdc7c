"""The branches of a way of sharing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.models.sharing.branches import Branches
from pytest_steering.models.sharing.copies import Copies
from pytest_steering.models.sharing.tree import Tree

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.sharing.prefix import Prefix


def make_branches(
    loaded: LoadedModel, way: str, prefix: Prefix, owners: Sequence[int], room: int
) -> Branches:
    """Return rows that go on from a prefix.

    Args:
        loaded: The model.
        way: `tree` or `copies`.
        prefix: What they share.
        owners: For each row its prompt, a member of the prefix; ascending.
        room: Tokens that each row will add.
    """
    return Tree(loaded, prefix, owners) if way == "tree" else Copies(loaded, prefix, owners, room)
