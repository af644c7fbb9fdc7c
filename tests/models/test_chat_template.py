"""What a chat template may do to a prompt: nothing in silence, and nothing without end."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pytest_steering.errors import PromptError
from pytest_steering.models import template_process
from pytest_steering.models.chat_template import through_template
from tests.tokenizers_at_hand import tokenizer_of

ASKED = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
GOES_ON = [*ASKED, {"role": "assistant", "content": "Well, ("}]
EACH = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}"
OPENS = "{% if add_generation_prompt %}<assistant>{% endif %}"
ENDLESS = {
    "loops": "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "a string": "{{ 'x' * 10 ** 9 }}",
    "strings in a loop": "{% for i in range(99999) %}{{ 'x' * 10 ** 5 }}{% endfor %}",
    "doubling": "{% set n = namespace(s='x') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
    "a width": "{{ '%01000000000d' % 1 }}",
    "a power": "{% set n = 7 ** (10 ** 9) %}",
    "itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
}


def with_template(template: str) -> Any:
    tokenizer = tokenizer_of.__wrapped__("bytes")
    tokenizer.chat_template = template
    return tokenizer


@pytest.mark.parametrize("messages", [ASKED, ASKED[1:], GOES_ON])
def test_a_template_writes_what_it_writes_in_this_process(messages: list[dict[str, str]]) -> None:
    tokenizer, goes_on = with_template("{{ bos_token }}" + EACH + OPENS), messages is GOES_ON
    assert through_template(tokenizer, messages) == tokenizer.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=not goes_on, continue_final_message=goes_on
    )


@pytest.mark.parametrize(
    "kind",
    [one if one in ("a string", "itself") else pytest.param(one, marks=pytest.mark.slow) for one in ENDLESS],
)
def test_a_template_without_end_is_stopped_and_named(kind: str) -> None:
    began = time.monotonic()
    with pytest.raises(PromptError, match="chat template does not take messages of system, user: it "):
        through_template(with_template(ENDLESS[kind] + EACH), ASKED)
    assert time.monotonic() - began < template_process.SECONDS
    assert through_template(with_template(EACH + OPENS), ASKED).endswith("<assistant>")


def test_a_loop_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock here, so that the test need not wait for the processor's limit."""
    monkeypatch.setattr(template_process, "SECONDS", 0.3)
    with pytest.raises(PromptError, match=r"was stopped; a template that loops .* is broken"):
        through_template(with_template(ENDLESS["loops"] + EACH), ASKED)


@pytest.mark.parametrize(
    ("template", "left_out"),
    [
        ("Say something.", "system"),
        ("hi: Be brief." + OPENS, "system"),
        ("{{ messages[-1].content }}" + OPENS, "system"),
        ("{{ messages[0].content }}" + OPENS, "user"),
        ("{% for m in messages if m.role != 'system' %}{{ m.content }}{% endfor %}", "system"),
    ],
)
def test_a_message_that_a_template_leaves_out_is_named(template: str, left_out: str) -> None:
    with pytest.raises(PromptError, match=f"leaves out the {left_out} message"):
        through_template(with_template(template), ASKED)


def test_a_message_may_be_written_in_another_way() -> None:
    upper = with_template("{% for m in messages %}{{ m.content | upper }}{% endfor %}" + OPENS)
    long = [{"role": "user", "content": "quite a long question"}]
    assert through_template(upper, long).startswith("QUITE A LONG QUESTION")


def test_a_template_that_raises_is_quoted() -> None:
    strict = with_template("{{ raise_exception('System role not supported') }}")
    with pytest.raises(
        PromptError, match="messages of system, user: System role not supported; choose another"
    ):
        through_template(strict, ASKED)


def test_a_prompt_that_ends_its_turn_and_opens_no_answer_is_named() -> None:
    with pytest.warns(UserWarning, match="opens no answer: prompts end in '</s>'"):
        through_template(with_template(EACH + "\n"), ASKED)


def test_half_a_character_goes_through() -> None:
    text = through_template(
        with_template(EACH + OPENS), [{"role": "user", "content": "a\ud800 and more of it"}]
    )
    assert "a\ud800 and more" in text
