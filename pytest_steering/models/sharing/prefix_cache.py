"""Keys and values of a prefix, with room for what its branches add."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


def growing_cache(room: int) -> Any:
    """Return an empty transformers cache that is filled in place.

    transformers' own copies all keys and values at each token; with many branches a token that is most of
    the work.

    Args:
        room: Columns to set aside behind the first ones.
    """
    from transformers.cache_utils import Cache

    return Cache(layer_class_to_replicate=partial(_layer_class(), room))


def shorten(filled: Any, columns: int) -> None:
    """Forget all but the first columns."""
    for layer in filled.layers:
        layer.keys, layer.values = layer.keys[..., :columns, :], layer.values[..., :columns, :]


def copied(filled: Any, counts: Sequence[int], room: int) -> Any:
    """Return a cache in which each batch member stands as often as counted.

    Args:
        filled: Of one column count for all members.
        counts: For each member, how many copies; they come to stand side by side.
        room: Columns to set aside for what is added.
    """
    new = growing_cache(room)
    for layer in filled.layers:
        members = [member for member, count in enumerate(counts) for _ in range(count)]
        new.layers.append(_taken([(layer, members)], room))
    return new


def joined(lower: Any, parts: Sequence[tuple[Any, Sequence[int]]], room: int) -> Any:
    """Return one cache of several groups of rows; what is taken from a group's own cache is forgotten there.

    Args:
        lower: Holds the layers that a group's own cache does not.
        parts: For each group its own cache, and which member of `lower` each of its rows is.
        room: Columns to set aside for what is added.
    """
    new = growing_cache(room)
    for number in range(max(len(own.layers) for own, _ in parts)):
        pieces = [_piece(own, lower, number, members) for own, members in parts]
        new.layers.append(_taken([piece for piece in pieces if piece[0].is_initialized], room))
        for own, _ in parts:
            own.layers[number] = None
    return new


def _piece(own: Any, lower: Any, number: int, members: Sequence[int]) -> tuple[Any, Sequence[int]]:
    layer = own.layers[number]
    return (layer, range(len(members))) if layer.is_initialized else (lower.layers[number], members)


def _taken(pieces: Sequence[tuple[Any, Sequence[int]]], room: int) -> Any:
    """Return a layer of the wanted members of other layers; empty where they are."""
    new = _layer_class()(room)
    if pieces:
        new.take(pieces)
    return new


def keep_members(filled: Any, members: Tensor) -> None:
    """Drop all batch members but the given ones."""
    for layer in filled.layers:
        layer.keep(members)


@cache
def _layer_class() -> Any:
    from transformers.cache_utils import DynamicLayer

    class GrowingLayer(DynamicLayer):  # type: ignore[misc]  # transformers is not followed by mypy
        """`keys` and `values` are views of the filled columns of larger tensors."""

        def __init__(self, room: int) -> None:
            super().__init__()
            self._room = room
            self._stores: list[Tensor] = []

        def update(self, keys: Tensor, values: Tensor, *_args: Any, **_kwargs: Any) -> tuple[Tensor, Tensor]:
            if not self.is_initialized:
                self._allocate((keys, values), keys.shape[0], keys.shape[-2] + self._room)
            start = self.keys.shape[-2]
            stop = start + keys.shape[-2]
            if stop > self._stores[0].shape[-2]:
                self._reallocate(self.keys.shape[0], stop + self._room)
            self._fill(start, stop, keys, values)
            return self.keys, self.values

        def take(self, pieces: Sequence[tuple[Any, Sequence[int]]]) -> None:
            first, start = pieces[0][0], 0
            columns = first.keys.shape[-2]
            rows = sum(len(members) for _, members in pieces)
            self._allocate((first.keys, first.values), rows, columns + self._room)
            for layer, members in pieces:
                stop = start + len(members)
                for store, given in zip(self._stores, (layer.keys, layer.values), strict=True):
                    store[start:stop, :, :columns] = given[list(members)]
                start = stop
            self._show(columns)

        def keep(self, members: Tensor) -> None:
            columns = self.keys.shape[-2]
            self._stores = [store[members] for store in self._stores]
            self._show(columns)

        def _fill(self, start: int, stop: int, keys: Tensor, values: Tensor) -> None:
            for store, given in zip(self._stores, (keys, values), strict=True):
                store[:, :, start:stop] = given
            self._show(stop)

        def _show(self, columns: int) -> None:
            self.keys, self.values = (store[:, :, :columns] for store in self._stores)

        def _allocate(self, like: tuple[Tensor, Tensor], members: int, columns: int) -> None:
            self._stores = [
                given.new_empty(members, given.shape[1], columns, given.shape[-1]) for given in like
            ]
            self.dtype, self.device = like[0].dtype, like[0].device
            self.is_initialized = True
            self._show(0)

        def _reallocate(self, members: int, columns: int) -> None:
            keys, values = self.keys, self.values
            self._allocate((keys, values), members, columns)
            self._fill(0, keys.shape[-2], keys, values)

    return GrowingLayer
