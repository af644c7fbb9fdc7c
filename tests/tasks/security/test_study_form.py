from __future__ import annotations

from typing import Any

import pytest

from pytest_steering.errors import PromptError
from pytest_steering.models.chat_template import through_template
from pytest_steering.models.tokenisation import TokenMemory
from pytest_steering.tasks.prompting import message
from pytest_steering.tasks.security.code_sample import code_sample
from pytest_steering.tasks.security.prompts.study_form import study_form

SAMPLE = code_sample(id="s", dataset="d", code="int f(void);", language="c", label=1, asked_cwe="CWE-89")

TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}"
    "<{{ m['role'] }}>{{ m['content'] }}</{{ m['role'] }}>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def chatty(template: str = TEMPLATE, adds_start: bool = True) -> Any:
    """A tokenizer of a model that was tuned to chat; it begins each text with <s>, as its template does."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.WordLevel({"<s>": 0, "<unk>": 1, "a": 2}, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    if adds_start:
        raw.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<s>", unk_token="<unk>")
    tokenizer.chat_template = template
    return tokenizer


def test_a_base_model_reads_plain_text_that_ends_where_the_answer_begins() -> None:
    form = study_form("S1")
    assert form.rendering == "plain text"
    assert form.prompt(SAMPLE).endswith(f"{form.about(SAMPLE)}\n\n### Answer:\n")


def test_a_model_with_a_chat_template_reads_what_the_template_makes() -> None:
    form = study_form("S2", tokenizer=chatty())
    assert form.rendering == "chat template"
    assert form.prompt(SAMPLE).startswith("<s><system>You are a helpful assistant.</system><user>")
    assert form.prompt(SAMPLE).endswith("</user><assistant>")


def test_an_opened_answer_is_gone_on_from() -> None:
    prompt = study_form("R1", tokenizer=chatty()).prompt(SAMPLE)
    assert prompt.endswith("<assistant>Let us go through it step by step.")


@pytest.mark.parametrize("adds_start", [True, False])
def test_a_text_begins_once(adds_start: bool) -> None:
    tokenizer = chatty(adds_start=adds_start)
    prompt = study_form("S1", tokenizer=tokenizer).prompt(SAMPLE)
    assert tokenizer.decode(TokenMemory(tokenizer).ids([prompt])[0]).count("<s>") == 1


def test_a_header_stands_after_the_code() -> None:
    form = study_form("S4")
    plain, headed = form.prompt(SAMPLE), form.prompt(SAMPLE, "Take your time.")
    assert headed.replace("\n\nTake your time.", "") == plain
    assert headed.index(SAMPLE.text) < headed.index("Take your time.")


def test_a_template_that_refuses_a_prompt_is_named() -> None:
    refusing = chatty("{{ raise_exception('no system message here') }}")
    with pytest.raises(PromptError, match="does not take messages of system, user: no system message here"):
        through_template(refusing, [message("system", "s"), message("user", "u")])


def test_a_dialogue_is_left_to_replay() -> None:
    with pytest.raises(
        PromptError, match=r"prompt R3 asks one question after another.*pytest-steering replay"
    ):
        study_form("R3")
