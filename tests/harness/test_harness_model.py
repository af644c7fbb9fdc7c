"""Tasks of lm-evaluation-harness run steered: what it scores is what plain hooks give."""

from __future__ import annotations

import copy
import json
import logging
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from tokenizers.processors import TemplateProcessing

from pytest_steering import Intervention, SteerableModel, SteeringVector, operation
from pytest_steering.errors import DataError
from pytest_steering.harness import steered_lm
from pytest_steering.steering.operations import operation_registry
from tests.tiny import END, tiny_model, tiny_module, tiny_tokenizer

lm_eval = pytest.importorskip(
    "lm_eval", reason="lm-evaluation-harness is not installed: pip install 'pytest-steering[lm-eval]'"
)

LAYER, SCALE = 1, 6.0


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return tiny_model("qwen2")


@pytest.fixture(scope="module")
def intervention(model: SteerableModel) -> Intervention:
    direction = torch.randn(model.architecture.hidden_size, generator=torch.Generator().manual_seed(1))
    return Intervention(SteeringVector({LAYER: direction}, "random"), [LAYER], SCALE)


def asked(*arguments: Any) -> SimpleNamespace:
    return SimpleNamespace(args=arguments)


def plain_score(
    model: SteerableModel, intervention: Intervention, context: list[int], text: list[int]
) -> float:
    """The log-likelihood of a text after a context, by a hook that adds from the context's last token on."""
    delta = intervention.vector.directions[LAYER] * SCALE
    start = len(context) - 1

    def add(_module: Any, _args: Any, output: Any) -> Any:
        states = output[0] if isinstance(output, tuple) else output
        states = states.clone()
        states[:, start:] += delta
        return (states, *output[1:]) if isinstance(output, tuple) else states

    handle = model.loaded.module.model.layers[LAYER].register_forward_hook(add)
    try:
        with torch.no_grad():
            logits = model.loaded.module(torch.tensor([[*context, *text]])).logits[0]
    finally:
        handle.remove()
    logs = logits.log_softmax(-1)
    return float(sum(logs[start + step, token] for step, token in enumerate(text)))


def test_a_continuation_is_scored_under_the_vector_from_the_contexts_last_token_on(
    model: SteerableModel, intervention: Intervention
) -> None:
    lm = steered_lm(model, intervention)
    pairs = [("one two three", " four five"), ("a", " b"), ("seven", " one two three four")]
    found = lm.loglikelihood([asked(*pair) for pair in pairs], disable_tqdm=True)
    for (total, greedy), pair in zip(found, pairs, strict=True):
        context, text = lm._encode_pair(*pair)
        assert total == pytest.approx(plain_score(model, intervention, context, text), abs=1e-4)
        assert isinstance(greedy, bool)


def test_a_text_is_greedy_exactly_where_the_steered_model_writes_it(
    model: SteerableModel, intervention: Intervention
) -> None:
    prompt = "one two three"
    written = model.complete([prompt], [intervention], max_new_tokens=4).arms[0][0].token_ids
    (own,) = model.tokens([prompt])
    other = [*written[:-1], written[-1] - 1 if written[-1] else 1]
    lm = steered_lm(model, intervention)
    found = lm._loglikelihood_tokens([(("", ""), own, list(written)), (("", ""), own, other)])
    assert [greedy for _, greedy in found] == [True, False]


def test_answers_are_those_of_generate_and_end_where_the_task_says(
    model: SteerableModel, intervention: Intervention
) -> None:
    lm = steered_lm(model, intervention)
    requests = [asked("one two", {"until": ["zz"], "max_gen_toks": 5}), asked("a b c", {"max_gen_toks": 3})]
    long, short = lm.generate_until(requests, disable_tqdm=True)
    assert long == model.generate(["one two"], intervention, max_new_tokens=5, stop=["zz"])[0]
    assert short == model.generate(["a b c"], intervention, max_new_tokens=3)[0]


def test_a_rolling_likelihood_takes_each_token_once(model: SteerableModel) -> None:
    lm = steered_lm(model)
    text = "one two three four five six seven"
    ids = lm.tok_encode(text, add_special_tokens=False)
    (whole,) = lm.loglikelihood_rolling([asked(text)])
    ((once, _),) = lm._loglikelihood_tokens([(("", ""), [lm.prefix_token_id], ids)])
    assert whole == pytest.approx(once, abs=1e-4)


def test_a_context_that_is_too_long_loses_its_beginning_and_is_counted(
    model: SteerableModel, intervention: Intervention, caplog: pytest.LogCaptureFixture
) -> None:
    lm = steered_lm(model, intervention)
    long = [5] * (lm.max_length + 7)
    with caplog.at_level(logging.WARNING, "pytest_steering"):
        cut, fitting = lm._loglikelihood_tokens(
            [(("", ""), long, [6, 7]), (("", ""), long[: lm.max_length - 2], [6, 7])]
        )
    assert cut == fitting
    assert "1 of 2 prompts are too long" in caplog.text


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"do_sample": True, "temperature": 0.7}, "the task samples its answers"),
        ({"num_beams": 4}, r"generation arguments \['num_beams'\] are not known"),
        ({"max_gen_toks": 0}, "an answer of 0 tokens"),
    ],
)
def test_what_would_not_be_done_as_asked_is_refused(
    model: SteerableModel, said: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        steered_lm(model).generate_until([asked("a", said)])


def test_a_text_that_a_template_began_gets_no_second_start_token() -> None:
    tokenizer = copy.deepcopy(tiny_tokenizer())
    tokenizer.bos_token = "<end>"
    tokenizer.chat_template = "{{ bos_token }} {{ messages[0]['content'] }}"
    tokenizer._tokenizer.post_processor = TemplateProcessing(
        single="<end> $A", special_tokens=[("<end>", END)]
    )
    lm = steered_lm(SteerableModel.wrap(tiny_module("qwen2"), tokenizer, name="starting"))
    (plain,) = lm.model.tokens(["w3 w4"])
    assert plain[0] == END
    asked_in_chat = lm.apply_chat_template([{"role": "user", "content": "w3 w4"}])
    assert lm.tok_encode(asked_in_chat) == lm.tok_encode("w3 w4") == list(plain)
    assert lm.tok_encode("w3 w4", add_special_tokens=False) == list(plain)[1:]


def test_answers_that_the_harness_keeps_are_not_taken_for_those_of_another_vector(
    model: SteerableModel, intervention: Intervention, tmp_path: Path
) -> None:
    kept, request = str(tmp_path / "answers.db"), [asked("one two three", " four five")]
    longer = replace(intervention, vector=intervention.vector * 2.0)

    def cached(given: Intervention | None) -> Any:
        return lm_eval.api.model.CachingLM(steered_lm(model, given), kept)

    first = cached(intervention).loglikelihood(request)
    assert cached(intervention).loglikelihood(request) == first
    for other in (None, longer):
        with pytest.raises(DataError, match="answers of another model, or of this one steered otherwise"):
            cached(other)


def every_other(ids: list[int]) -> list[bool]:
    return [number % 2 == 0 for number in range(len(ids))]


def last_three(ids: list[int]) -> list[bool]:
    return [number >= len(ids) - 3 for number in range(len(ids))]


def scaled(states: torch.Tensor, direction: torch.Tensor, strength: float) -> torch.Tensor:
    return states * strength


def pushed(states: torch.Tensor, direction: torch.Tensor, strength: float) -> torch.Tensor:
    return states + strength * direction


last_three.__qualname__ = every_other.__qualname__
scaled.__name__ = pushed.__name__ = "own_for_the_harness"


def test_code_of_ones_own_tells_answers_apart_and_not_its_name(
    model: SteerableModel,
    intervention: Intervention,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(operation_registry, "OPERATIONS", dict(operation_registry.OPERATIONS))

    def answered(number: int, positions: Any, function: Any = None) -> None:
        if function:
            operation_registry.OPERATIONS.pop("own_for_the_harness", None)
            operation(function)
        given = replace(
            intervention, positions=positions, operation="own_for_the_harness" if function else "add"
        )
        lm_eval.api.model.CachingLM(steered_lm(model, given), str(tmp_path / f"{number}.db"))

    for number, (one, other) in enumerate(
        [((every_other,), (last_three,)), (("all", scaled), ("all", pushed))]
    ):
        answered(number, *one)
        answered(number, *one)
        with pytest.raises(DataError, match="this one steered otherwise"):
            answered(number, *other)


def test_answers_at_another_site_are_not_taken_for_those_at_this_one(
    model: SteerableModel, intervention: Intervention, tmp_path: Path
) -> None:
    kept = str(tmp_path / "answers.db")
    lm_eval.api.model.CachingLM(steered_lm(model, intervention), kept)
    with pytest.raises(DataError, match="this one steered otherwise"):
        lm_eval.api.model.CachingLM(steered_lm(model.at("mlp_output"), intervention), kept)


def test_a_local_task_of_the_harness_runs_steered(
    model: SteerableModel, intervention: Intervention, tmp_path: Path
) -> None:
    rows = [
        {"question": f"one two {number}", "choices": ["three", "four"], "answer": number % 2}
        for number in range(6)
    ]
    (tmp_path / "rows.json").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    task = {
        "task": "local_choices",
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(tmp_path / "rows.json")}},
        "test_split": "test",
        "output_type": "multiple_choice",
        "doc_to_text": "{{question}}",
        "doc_to_choice": "{{choices}}",
        "doc_to_target": "answer",
        "metric_list": [{"metric": "acc"}],
    }
    results = [
        lm_eval.simple_evaluate(model=steered_lm(model, arm), tasks=[task], bootstrap_iters=0)
        for arm in (None, intervention)
    ]
    numbers = [found["results"]["local_choices"]["acc,none"] for found in results]
    said = [[sample["filtered_resps"] for sample in found["samples"]["local_choices"]] for found in results]
    assert all(0.0 <= one <= 1.0 for one in numbers)
    assert said[0] != said[1]
