"""llama.cpp as a judge, in the wheel of xllamacpp: a model's last logits under a control vector.

The wheel's Python sets no control vector on a context; the C functions that do are in its shared library.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

_Pointer = ctypes.c_void_p


class _Parameters(ctypes.Structure):
    """Default parameters, whose fields differ from version to version: room for all, and none is touched."""

    _fields_ = (("raw", ctypes.c_char * 2048),)


class _Batch(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_int32),
        *((name, _Pointer) for name in ("ids", "rows", "at", "n", "seqs", "asked")),
    )


_TYPES: Mapping[str, tuple[Any, tuple[Any, ...]]] = {
    "llama_backend_init": (None, ()),
    "llama_model_default_params": (_Parameters, ()),
    "llama_context_default_params": (_Parameters, ()),
    "llama_model_load_from_file": (_Pointer, (ctypes.c_char_p, _Parameters)),
    "llama_init_from_model": (_Pointer, (_Pointer, _Parameters)),
    "llama_batch_get_one": (_Batch, (_Pointer, ctypes.c_int32)),
    "llama_decode": (ctypes.c_int32, (_Pointer, _Batch)),
    "llama_get_logits_ith": (ctypes.POINTER(ctypes.c_float), (_Pointer, ctypes.c_int32)),
    "llama_get_memory": (_Pointer, (_Pointer,)),
    "llama_memory_clear": (None, (_Pointer, ctypes.c_bool)),
    "llama_set_adapter_cvec": (ctypes.c_int32, (_Pointer, _Pointer, ctypes.c_size_t, *[ctypes.c_int32] * 3)),
}
_QUIET = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, _Pointer)(lambda *_said: None)


class LlamaCpp:
    """A model in a GGUF file, run by llama.cpp on the CPU."""

    def __init__(self, path: Path, vocabulary: int) -> None:
        """Load a model.

        Args:
            path: The GGUF file.
            vocabulary: How many logits a token has.

        Raises:
            ImportError: xllamacpp is not installed.
            OSError: The file is no model that llama.cpp reads.
        """
        from xllamacpp import xllamacpp  # type: ignore[import-not-found]  # of the group peers

        self._library, self._vocabulary = ctypes.CDLL(xllamacpp.__file__, mode=ctypes.RTLD_GLOBAL), vocabulary
        for name, (returned, given) in _TYPES.items():
            function = getattr(self._library, name)
            function.restype, function.argtypes = returned, given
        self._library.llama_log_set(_QUIET, None)
        self._library.llama_backend_init()
        model = self._library.llama_model_load_from_file(
            str(path).encode(), self._library.llama_model_default_params()
        )
        if not model:
            raise OSError(f"llama.cpp does not read {path}")
        self._context = self._library.llama_init_from_model(
            model, self._library.llama_context_default_params()
        )

    def control(self, directions: Mapping[int, np.ndarray[Any, Any]], depth: int) -> None:
        """Set a control vector as llama.cpp's loader lays it out: block N at (N − 1) × width; empty clears.

        Args:
            directions: What `direction.N` of a file holds, by N.
            depth: Blocks of the model.

        Raises:
            ValueError: llama.cpp refuses it.
        """
        if not directions:
            self._library.llama_set_adapter_cvec(self._context, None, 0, 0, 0, 0)
            return
        width = len(next(iter(directions.values())))
        # A shorter one would leave the blocks beyond its end at what the vector before it said.
        laid = np.zeros((depth - 1, width), np.float32)
        for layer, direction in directions.items():
            laid[layer - 1] = direction
        pointer = laid.ctypes.data_as(_Pointer)
        if self._library.llama_set_adapter_cvec(self._context, pointer, laid.size, width, 1, depth):
            raise ValueError("llama.cpp refuses the control vector")

    def logits(self, tokens: Sequence[int]) -> np.ndarray[Any, Any]:
        """Return the logits after the last of some tokens, read afresh."""
        self._library.llama_memory_clear(self._library.llama_get_memory(self._context), True)
        ids = (ctypes.c_int32 * len(tokens))(*tokens)
        batch = self._library.llama_batch_get_one(ctypes.cast(ids, _Pointer), len(tokens))
        if self._library.llama_decode(self._context, batch):
            raise ValueError("llama.cpp cannot read these tokens")
        found = self._library.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(found, (self._vocabulary,)).copy()
