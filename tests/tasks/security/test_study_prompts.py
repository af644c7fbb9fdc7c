"""The 17 prompts hold the parts that they say, and never the answer."""

from __future__ import annotations

import pytest

from pytest_steering.errors import PromptError
from pytest_steering.tasks.prompting import as_text
from pytest_steering.tasks.security.code_sample import code_sample
from pytest_steering.tasks.security.datasets import FewShot
from pytest_steering.tasks.security.prompts.study_prompts import PROMPTS, SecLLMHolmesPrompt
from pytest_steering.tasks.security.prompts.weakness_names import weakness_definition, weakness_name

ASKED = code_sample(
    id="a",
    dataset="d",
    code="int asked;",
    language="c",
    label=1,
    asked_cwe="CWE-787",
    reason="THE ANSWER",
    label_notes="THE NOTE",
)
SHOTS = tuple(
    FewShot(
        code_sample(
            id=f"{cwe}{label}",
            dataset="d",
            code=f"int {cwe[4:]}_{label};",
            language="c",
            label=label,
            asked_cwe=cwe,
            reason=f"short {cwe} {label}",
        ),
        steps=f"steps {cwe} {label}",
    )
    for cwe in ("CWE-89", "CWE-787")
    for label in (0, 1)
)
QUESTION = "Does this code contain instances of the security vulnerability known as out-of-bounds write?"
EVERY = pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS)


def text(prompt: SecLLMHolmesPrompt) -> str:
    return "\n".join(message["content"] for message in prompt.build(ASKED, SHOTS))


def test_there_are_seventeen() -> None:
    names = [f"S{n}" for n in range(1, 7)] + [f"R{n}" for n in range(1, 7)] + [f"D{n}" for n in range(1, 6)]
    assert list(PROMPTS) == names
    assert [prompt.kind for prompt in PROMPTS.values()] == (
        ["standard"] * 6 + ["step by step"] * 6 + ["definition"] * 5
    )


def test_no_two_prompts_are_the_same() -> None:
    built = {name: str(prompt.build(ASKED, SHOTS)) for name, prompt in PROMPTS.items()}
    assert len(set(built.values())) == len(built)


def test_s1_is_the_code_and_the_published_question_alone() -> None:
    (message,) = PROMPTS["S1"].build(ASKED)
    assert message["role"] == "user"
    assert message["content"].endswith(QUESTION)
    assert "int asked;" in message["content"]


@EVERY
def test_the_asked_code_stands_in_the_prompt_once_and_its_answer_never(prompt: SecLLMHolmesPrompt) -> None:
    assert text(prompt).count("int asked;") == 1
    assert "THE" not in text(prompt)


@EVERY
def test_the_asked_weakness_is_named_wherever_a_question_is_read_against_it(
    prompt: SecLLMHolmesPrompt,
) -> None:
    assert prompt.question(ASKED) == QUESTION
    if not prompt.dialogue:
        assert "out-of-bounds write" in text(prompt)


@EVERY
def test_the_parts_are_those_that_are_declared(prompt: SecLLMHolmesPrompt) -> None:
    messages = prompt.build(ASKED, SHOTS)
    assert (QUESTION in text(prompt)) == prompt.asks
    assert (weakness_definition("CWE-787") in text(prompt)) == prompt.definition
    assert ("1. summarise" in text(prompt)) == prompt.steps
    assert ("short CWE-787 1" in text(prompt)) == (prompt.shots == "short")
    assert ("steps CWE-787 0" in text(prompt)) == (prompt.shots == "steps")
    assert (messages[0]["role"] == "system") == (prompt.role != "none")
    if not prompt.dialogue:
        assert {message["role"] for message in messages} == set(prompt.roles)


@EVERY
def test_examples_are_of_the_asked_weakness_the_vulnerable_one_first(prompt: SecLLMHolmesPrompt) -> None:
    assert "CWE-89" not in text(prompt)
    if prompt.shots != "none":
        assert (
            text(prompt).index("int 787_1;")
            < text(prompt).index("int 787_0;")
            < text(prompt).index("int asked;")
        )


@EVERY
def test_the_model_speaks_next(prompt: SecLLMHolmesPrompt) -> None:
    last = prompt.build(ASKED, SHOTS)[-1]
    assert last["role"] == "user" or last["content"] == prompt.opener


def test_the_expert_prompts_differ_from_their_taskless_twins_in_the_role() -> None:
    for expert, task in (("R5", "R6"), ("D4", "D5")):
        assert PROMPTS[expert].role == "analyst"
        assert PROMPTS[task].role == "task"
        assert PROMPTS[expert].build(ASKED, SHOTS)[1:] == PROMPTS[task].build(ASKED, SHOTS)[1:]


@pytest.mark.parametrize("name", ["S5", "S6", "R4", "R5", "R6", "D3", "D4", "D5"])
def test_a_prompt_with_examples_asks_for_them(name: str) -> None:
    with pytest.raises(PromptError, match=f"prompt {name} shows a vulnerable example of CWE-787"):
        PROMPTS[name].build(ASKED, SHOTS[:2])


def test_the_dialogue_asks_one_question_after_another() -> None:
    dialogue = PROMPTS["R3"]
    assert len(dialogue.build(ASKED)) == 1
    third = dialogue.build(ASKED, answers=("first", "second"))
    assert [message["role"] for message in third] == ["user", "assistant", "user", "assistant", "user"]
    assert [message["content"] for message in third[1::2]] == ["first", "second"]
    assert not dialogue.finished(("1", "2", "3"))
    assert dialogue.finished(("1", "2", "3", "4"))
    with pytest.raises(PromptError, match="R3 asks 4 questions"):
        dialogue.build(ASKED, answers=("1", "2", "3", "4"))


def test_a_weakness_without_a_name_or_definition_is_refused() -> None:
    with pytest.raises(PromptError, match="no name is known for CWE-1;"):
        weakness_name("CWE-1")
    with pytest.raises(PromptError, match="no definition is known for CWE-369"):
        weakness_definition("CWE-369")


def test_as_text_ends_where_the_answer_begins() -> None:
    assert as_text(PROMPTS["S2"].build(ASKED)).endswith("### Answer:\n")
    assert as_text(PROMPTS["R1"].build(ASKED)).endswith("step by step.")
    assert as_text(PROMPTS["S2"].build(ASKED)).startswith("### Instruction:\nYou are a helpful assistant.")
