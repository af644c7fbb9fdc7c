from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.devices import available_cores, pin, visible_devices


@dataclass
class Spec:
    """What execnet knows of a worker before it is started."""

    popen: bool = True
    env: dict[str, str] = field(default_factory=dict)


def pinned(workers: int, devices: list[str], cores: int, surroundings: Mapping[str, str]) -> list[Spec]:
    specs = [Spec() for _ in range(workers)]
    pin(specs, devices, cores, surroundings)
    return specs


@given(st.integers(1, 40), st.integers(1, 128))
def test_workers_share_the_cores_and_each_has_at_least_one_thread(workers: int, cores: int) -> None:
    threads = [int(spec.env["OMP_NUM_THREADS"]) for spec in pinned(workers, [], cores, {})]

    assert min(threads) == max(threads) >= 1
    assert sum(threads) <= max(cores, workers)
    assert sum(threads) > cores - workers


@given(st.integers(1, 40), st.lists(st.text(min_size=1), min_size=1, max_size=9, unique=True))
def test_each_worker_has_one_device_and_no_device_has_two_workers_more(
    workers: int, devices: list[str]
) -> None:
    given_out = [spec.env["CUDA_VISIBLE_DEVICES"] for spec in pinned(workers, devices, 1, {})]

    assert given_out == [devices[k % len(devices)] for k in range(workers)]


def test_without_a_device_cuda_is_left_alone() -> None:
    assert "CUDA_VISIBLE_DEVICES" not in pinned(1, [], 2, {})[0].env


def test_what_a_person_has_set_is_kept() -> None:
    assert "OMP_NUM_THREADS" not in pinned(2, [], 8, {"OMP_NUM_THREADS": "3"})[0].env
    own = Spec(env={"OMP_NUM_THREADS": "5", "CUDA_VISIBLE_DEVICES": "7"})
    pin([own], ["0"], 8, {})
    assert own.env == {"OMP_NUM_THREADS": "5", "CUDA_VISIBLE_DEVICES": "7"}


def test_a_worker_on_another_machine_is_left_alone() -> None:
    here, elsewhere = Spec(), Spec(popen=False)
    pin([elsewhere, here], ["a", "b"], 8, {})

    assert elsewhere.env == {}
    assert here.env == {"OMP_NUM_THREADS": "8", "CUDA_VISIBLE_DEVICES": "a"}


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
