from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.devices import available_cores, count_local, pin, share, use_at_most, visible_devices


@dataclass
class Spec:
    """What execnet knows of a worker before it is started."""

    popen: bool = True
    env: dict[str, str] = field(default_factory=dict)


def pinned(workers: int, devices: list[str]) -> list[Spec]:
    specs = [Spec() for _ in range(workers)]
    pin(specs, devices)
    return specs


@given(st.integers(1, 128), st.integers(1, 40), st.integers(0, 9))
def test_workers_that_have_a_model_share_the_cores(cores: int, workers: int, models: int) -> None:
    threads, busy = share(cores, workers, models), max(1, min(workers, models))

    assert threads >= 1
    assert threads * busy <= max(cores, busy)
    assert threads * busy > cores - busy


def test_only_workers_on_this_machine_share_its_cores() -> None:
    assert count_local([Spec(), Spec(popen=False), Spec()]) == 2


@pytest.mark.parametrize(
    ("surroundings", "threads"),
    [({}, 2), ({"OMP_NUM_THREADS": "5"}, 3), ({"MKL_NUM_THREADS": "5"}, 3)],
)
def test_torch_uses_the_share_unless_a_person_named_a_number(
    monkeypatch: pytest.MonkeyPatch, threads_of_torch: None, surroundings: dict[str, str], threads: int
) -> None:
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    torch.set_num_threads(3)
    use_at_most(2)

    assert torch.get_num_threads() == threads


def test_a_share_never_gives_torch_more_threads_than_it_was_told(
    monkeypatch: pytest.MonkeyPatch, threads_of_torch: None
) -> None:
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    torch.set_num_threads(1)
    use_at_most(8)

    assert torch.get_num_threads() == 1


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
