"""Workers of Ray on a machine with GPUs: each is lent one, and its model lies there."""

from __future__ import annotations

import json
import sys

import pytest
import torch

from tests.tiny import tiny_module, tiny_tokenizer

pytest.importorskip("ray", reason="pip install pytest-steering[ray]")

pytestmark = [pytest.mark.slow, pytest.mark.gpu]

TESTS = """
    import json, os
    from pathlib import Path

    def test_it(steering_model):
        answers = steering_model.generate(["w5 w6 w7", "w8"], max_new_tokens=4)
        lent = os.environ["CUDA_VISIBLE_DEVICES"].split(",")
        said = {"lent": lent, "on": str(steering_model.device), "answers": answers, "process": os.getpid()}
        Path(__file__).with_name(f"{steering_model.name}.json").write_text(json.dumps(said))
"""


def test_each_worker_has_a_gpu_of_its_own(pytester: pytest.Pytester) -> None:
    if not torch.cuda.is_available():
        pytest.skip("workers with a GPU each need one, and torch finds no CUDA device here")
    names = [f"model{number}" for number in range(max(2, torch.cuda.device_count()))]
    for name in names:
        tiny_module("starcoder2").save_pretrained(pytester.path / name)
        tiny_tokenizer().save_pretrained(pytester.path / name)
    pytester.makepyfile(test_it=TESTS)
    flags = [f"--steering-model={name}" for name in names]
    ray = pytester.run(sys.executable, "-m", "pytest", "--steering-executor=ray", *flags, timeout=240)

    ray.assert_outcomes(passed=len(names))
    told = [json.loads((pytester.path / f"{name}.json").read_text()) for name in names]
    assert all((len(one["lent"]), one["on"]) == (1, "cuda:0") for one in told)
    by_process = {one["process"]: tuple(one["lent"]) for one in told}
    assert len(set(by_process.values())) == len(by_process) == torch.cuda.device_count()
    assert len({tuple(one["answers"]) for one in told}) == 1
