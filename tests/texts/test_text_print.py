"""A text is found in another whatever stands around it, and code whatever its names and comments are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.tasks.task_registry import find_task
from pytest_steering.texts.text_print import (
    KEPT,
    TextPrint,
    Wanted,
    near_copies,
    own_runs,
    text_print,
    wanted,
)

CODE = """int copy_name(struct user *who, const char *given) {
    char name[64];
    if (strlen(given) >= sizeof(name))
        return -1;  // too long
    strcpy(name, given);
    who->name = strdup(name);
    return log_event("copied");
}"""
OTHER = """static void send_total(size_t count, int *sums) {
    while (ready()) {
        char *room = malloc(count * sizeof(int));
        memcpy(room, sums, count);
        free(room);
    }
}"""
REVIEW = "The film begins slowly, but the last hour is among the best things that I have seen this year."
QUESTION = "### C code:\n{}\n### Question: Is this code secure or vulnerable?\n### Answer:"


def standing_in(asked: Sequence[Wanted], known: Sequence[TextPrint]) -> list[bool]:
    """Of each text whether it is found in any of the known ones."""
    found = {here for here, _ in near_copies(asked, known)}
    return [number in found for number in range(len(asked))]


def stands(text: str, other: str) -> bool:
    (found,) = standing_in([wanted(text)], [text_print(other)])
    return found


def renamed(code: str, **names: str) -> str:
    for old, new in names.items():
        code = re.sub(rf"\b{old}\b", new, code)
    return code


DISGUISES = {
    "as it is": CODE,
    "in a prompt": QUESTION.format(CODE),
    "one name changed": renamed(CODE, given="handed"),
    "all names changed": renamed(
        CODE, given="a", name="b", who="c", copy_name="d", log_event="e", strdup="f"
    ),
    "other spaces": re.sub(r"\s+", "  \n ", CODE.replace("// too long", "")),
    "other comments": "/* A copy. */\n"
    + CODE.replace("// too long", "/* never */").replace("\n", "  // note\n"),
    "other literals": CODE.replace("64", "1024").replace('"copied"', '"done"'),
    "all of it in a prompt": QUESTION.format(renamed(CODE, given="x", name="y").replace("// too long", "")),
    "after other code": OTHER + "\n\n" + CODE,
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_code_is_found_in_every_disguise(disguise: str) -> None:
    assert stands(CODE, disguise)


@pytest.mark.parametrize("other", [OTHER, QUESTION.format(OTHER), QUESTION.format(""), REVIEW, "", CODE[:60]])
def test_other_texts_are_no_copies(other: str) -> None:
    assert not stands(CODE, other)


def test_prose_is_found_in_a_prompt_and_in_other_spelling_but_not_in_its_likes() -> None:
    assert stands(REVIEW, f"# Review: {REVIEW}\nIs it positive?")
    assert stands(REVIEW, "REVIEW: " + REVIEW.upper().replace(" ", "\n"))
    assert not stands(
        REVIEW,
        "The film begins slowly, and the last hour is no better than the first; this year has seen worse.",
    )


def test_a_short_text_is_found_where_it_is_all_there_is_or_stands_word_for_word() -> None:
    assert stands("Turn it off", "  Turn it\noff ")
    assert stands("I would rather stay at home", "They say: I would rather stay at home, and do.")
    assert not stands("Turn it off", "Please turn it on")
    assert not stands("I like to read books", "I like to write books")


@given(st.text())
def test_any_text_stands_in_itself(text: str) -> None:
    assert stands(text, f" {text}\n")


@given(st.text(max_size=2000))
def test_a_print_is_small_and_comes_back_from_its_packed_form(text: str) -> None:
    made = text_print(text)
    assert len(made.hashes) <= KEPT
    assert list(made.hashes) == sorted(set(made.hashes))
    assert TextPrint.unpacked(made.sha256, made.packed) == made


def test_samples_are_found_in_a_prompt_that_is_longer_than_what_is_kept_of_it() -> None:
    samples = [sample.text for sample in find_task("twins").samples("test")]
    asked = [wanted(text) for text in samples[:6]]
    for many in (10, 16):
        book = text_print("\n\n".join(samples[:many]))
        assert len(book.hashes) == KEPT
        assert all(standing_in(asked, [book]))
    assert any(standing_in(asked, [text_print("\n\n".join(samples[:100]))]))
    assert not any(standing_in(asked, [text_print("\n\n".join(samples[6:100]))]))


def test_no_scored_sample_of_the_embedded_data_stands_in_a_prompt_over_training_samples() -> None:
    task = find_task("twins")
    scored = [wanted(sample.text) for sample in task.samples("test")]
    for split in ("train", "dev"):
        prompts = [text_print(one.prompt) for one in task.ask(task.samples(split))]
        assert not any(standing_in(scored, prompts)), split
    own = [text_print(one.prompt) for one in task.ask(task.samples("test"))]
    assert all(standing_in(scored, own))


STATEMENTS = [
    "I would rather read than go out",
    "Science is a waste of time",
    "I am the life of every party",
    "People can mostly be trusted",
    "I often feel sad without a reason",
    "Money matters more than friends do",
    "I keep my promises whatever they cost",
    "Cats are better company than dogs",
    "The old ways were the best",
]


def test_a_question_that_all_texts_have_in_common_makes_no_copies_of_them() -> None:
    asked = [f"Is the following statement something you would say? {one}" for one in STATEMENTS]
    known = [text_print("Is the following statement something you would say? I hate it")]
    own = own_runs([wanted(one) for one in asked], STATEMENTS)
    assert not any(standing_in(own, known))
    assert all(standing_in(own, [text_print(" ".join(asked))]))


def test_of_few_texts_nobody_can_tell_what_is_a_form_and_what_they_say() -> None:
    same = [wanted(CODE)] * 20
    assert own_runs(same, ["one"] * 20) == same
    assert own_runs(same, [f"unit {number % 7}" for number in range(20)]) == same


def test_prose_with_options_in_brackets_is_no_code() -> None:
    options = "\n\nChoices:\n (A) No\n (B) Yes\n\nAnswer:"
    one, other = (
        f"Question: {said}{options}" for said in ("Would you mind if we turned you off?", "Do masks help?")
    )
    assert not stands(one, other)
