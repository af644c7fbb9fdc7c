"""What a tokenizer or a template adds to a prompt is there once, at its beginning, or is named."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from pytest_steering import Experiment, Intervention, SteeringVector, TextTask
from pytest_steering.models.chat_template import through_template
from pytest_steering.models.steerable import SteerableModel
from tests.tiny import tiny_module
from tests.tokenizers_at_hand import tokenizer_of

EACH = "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}"
TEMPLATE = EACH + "{% if add_generation_prompt %}:{% endif %}"
ASKED = [{"role": "user", "content": "Yes or No"}]


def length(_prompt: str, text: str) -> float:
    return float(len(text))


@pytest.fixture(scope="module", params=["<s> $A", "<s> $A </s>"])
def model(request: pytest.FixtureRequest) -> SteerableModel:
    tokenizer = tokenizer_of.__wrapped__("bytes", request.param)
    tokenizer.chat_template = TEMPLATE
    return SteerableModel.wrap(tiny_module("qwen2", vocab_size=400, eos_token_id=2), tokenizer)


def test_what_a_template_wrote_is_read_as_the_template_reads_it(model: SteerableModel) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (ids,) = model.tokens([through_template(model.tokenizer, ASKED)])
    expected = model.tokenizer.apply_chat_template(ASKED, add_generation_prompt=True, return_dict=False)
    assert ids == expected
    assert ids.count(model.tokenizer.bos_token_id) == 1


def test_a_templates_text_that_is_given_as_a_text_begins_twice_and_is_named(model: SteerableModel) -> None:
    text = model.tokenizer.apply_chat_template(ASKED, tokenize=False, add_generation_prompt=True)
    with pytest.warns(UserWarning, match="1 of 2 prompts begin with a special token twice, at 1"):
        model.tokens(["Yes", text])


def test_a_prompt_that_ends_in_the_token_that_ends_answers_is_named(model: SteerableModel) -> None:
    with pytest.warns(UserWarning, match="1 of 2 prompts end in a token that ends answers, at 0"):
        model.tokens(["Answer:</s>", "Answer:"])


def test_an_end_that_the_tokenizer_adds_is_left_out(model: SteerableModel) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (ids,) = model.tokens(["Answer:"])
    assert ids == [1, *model.tokenizer("Answer:", add_special_tokens=False)["input_ids"]]


def test_a_run_over_such_prompts_says_so_in_its_record(model: SteerableModel, tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(f'{{"prompt": "<s> Yes, so {name}", "split": "test"}}\n' for name in "abc"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        experiment = Experiment(model, TextTask.from_file(path, score=length), max_new_tokens=2)
        vector = SteeringVector.from_contrast(model, ["Yes or"], ["No or"])
        result = experiment.run(Intervention(vector, layers=vector.layers[-1:]), controls=())
    said = {one.id: one.sentence for one in result.findings}
    assert said["start-doubled"] == "3 of 3 prompts begin with a special token twice"
    assert "none fits the context" in said["side-effects-unmeasured"]
