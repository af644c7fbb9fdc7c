from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.devices import available_cores, pin, settle_arithmetic, threads_each, visible_devices


@dataclass
class Spec:
    """What execnet knows of a worker before it is started."""

    popen: bool = True
    env: dict[str, str] = field(default_factory=dict)


def pinned(workers: int, devices: list[str]) -> list[Spec]:
    specs = [Spec() for _ in range(workers)]
    pin(specs, devices)
    return specs


@given(st.integers(1, 40), st.integers(1, 128))
def test_workers_share_the_cores_and_each_has_at_least_one_thread(workers: int, cores: int) -> None:
    threads = threads_each([Spec() for _ in range(workers)], cores)

    assert threads >= 1
    assert threads * workers <= max(cores, workers)
    assert threads * workers > cores - workers


def test_only_workers_on_this_machine_share_its_cores() -> None:
    assert threads_each([Spec(), Spec(popen=False)], 8) == 8
    assert threads_each([Spec(popen=False)], 8) == 8


@pytest.fixture
def _threads_restored() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("_threads_restored")
@pytest.mark.parametrize(
    ("surroundings", "threads"),
    [({}, 3), ({"OMP_NUM_THREADS": "5"}, 2), ({"MKL_NUM_THREADS": "5"}, 2)],
)
def test_torch_uses_the_share_unless_a_person_named_a_number(
    surroundings: dict[str, str], threads: int
) -> None:
    torch.set_num_threads(2)
    settle_arithmetic(3, surroundings)

    assert torch.get_num_threads() == threads


@pytest.mark.usefixtures("_threads_restored")
def test_without_workers_torch_keeps_its_own_number_of_threads() -> None:
    torch.set_num_threads(2)
    settle_arithmetic(None, {})

    assert torch.get_num_threads() == 2


def test_reproducible_products_are_asked_for_unless_a_person_chose() -> None:
    nothing: dict[str, str] = {}
    chosen = {"MKL_CBWR": "COMPATIBLE"}
    settle_arithmetic(None, nothing)
    settle_arithmetic(None, chosen)

    assert nothing == {"MKL_CBWR": "AUTO,STRICT"}
    assert chosen == {"MKL_CBWR": "COMPATIBLE"}


SUMS = """
import hashlib, os, sys
from pytest_steering.devices import settle_arithmetic
settle_arithmetic(int(sys.argv[1]))
import torch
drawn = torch.Generator().manual_seed(0)
sums = [
    torch.randn(rows, inner, generator=drawn) @ torch.randn(inner, columns, generator=drawn)
    for rows, inner, columns in ((1, 192, 768), (7, 768, 192), (64, 192, 8192), (400, 200, 200))
]
print(torch.get_num_threads(), hashlib.sha256(b"".join(one.numpy().tobytes() for one in sums)).hexdigest())
"""


@pytest.mark.skipif(
    "BLAS_INFO=mkl" not in torch.__config__.show(), reason="this torch does not multiply by oneMKL"
)
def test_a_product_has_the_same_bits_with_one_thread_and_with_several() -> None:
    surroundings = {k: v for k, v in os.environ.items() if k not in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    found = [
        subprocess.run(
            [sys.executable, "-c", SUMS, threads],
            env=surroundings,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for threads in ("1", "2", "4")
    ]

    assert [threads for threads, _ in found] == ["1", "2", "4"]
    assert len({bits for _, bits in found}) == 1


@given(st.integers(1, 40), st.lists(st.text(min_size=1), min_size=1, max_size=9, unique=True))
def test_each_worker_has_one_device_and_no_device_has_two_workers_more(
    workers: int, devices: list[str]
) -> None:
    given_out = [spec.env["CUDA_VISIBLE_DEVICES"] for spec in pinned(workers, devices)]

    assert given_out == [devices[k % len(devices)] for k in range(workers)]


def test_without_a_device_cuda_is_left_alone() -> None:
    assert "CUDA_VISIBLE_DEVICES" not in pinned(1, [])[0].env


def test_what_a_person_has_set_is_kept() -> None:
    own = Spec(env={"CUDA_VISIBLE_DEVICES": "7"})
    pin([own], ["0"])
    assert own.env == {"CUDA_VISIBLE_DEVICES": "7"}


def test_a_worker_on_another_machine_is_left_alone() -> None:
    here, elsewhere = Spec(), Spec(popen=False)
    pin([elsewhere, here], ["a", "b"])

    assert elsewhere.env == {}
    assert here.env == {"CUDA_VISIBLE_DEVICES": "a"}


@pytest.mark.parametrize(
    ("value", "devices"),
    [("", ()), ("-1", ()), ("0", ("0",)), ("2, GPU-ab,0", ("2", "GPU-ab", "0")), ("1,-1,0", ("1",))],
)
def test_the_variable_is_taken_at_its_word(value: str, devices: tuple[str, ...]) -> None:
    assert visible_devices({"CUDA_VISIBLE_DEVICES": value}) == devices


@pytest.mark.skipif(os.name == "nt", reason="the driver's tool is stood in for by a shell script")
@pytest.mark.parametrize(
    ("script", "devices"),
    [("echo GPU-1; echo GPU-2", ("GPU-1", "GPU-2")), ("echo No devices were found; exit 6", ())],
)
def test_without_the_variable_the_driver_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, devices: tuple[str, ...]
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert visible_devices({}) == devices


def test_without_a_driver_there_is_no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert visible_devices({}) == ()


def test_there_is_a_core() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or 1)
