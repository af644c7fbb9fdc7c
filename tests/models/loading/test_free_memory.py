"""The peak of memory is that of the process itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pytest_steering.models.loading.free_memory import peak_bytes

CHILD = "from pytest_steering.models.loading.free_memory import peak_bytes; print(peak_bytes(['cpu']))"
PARENT = (
    "import subprocess, sys; held = bytearray(1 << 30); held[::4096] = b'1' * len(held[::4096]); "
    f'print(subprocess.run([sys.executable, "-c", {CHILD!r}], capture_output=True, text=True).stdout)'
)


def test_the_peak_is_at_least_what_is_held_now() -> None:
    import psutil

    assert peak_bytes(["cpu"]) >= psutil.Process().memory_info().rss * 0.99


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's rusage passes a parent's peak on")
def test_a_parents_peak_is_not_the_childs() -> None:
    done = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 0.9 * 2**30
