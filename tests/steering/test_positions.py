from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import VectorError
from pytest_steering.steering.positions import Positions

REGIONS = ("last", "last_prompt", "prompt", "generated", "all")
CLOSED = ("prompt", "last_prompt")


def stated(region: str, prompt: int, stop: int) -> list[int]:
    """Each region as design.md words it, token by token, for a row read as far as `stop`."""
    holds: dict[str, Callable[[int], bool]] = {
        "last": lambda token: token == prompt - 1 or token >= prompt,
        "last_prompt": lambda token: token == prompt - 1,
        "prompt": lambda token: token < prompt,
        "generated": lambda token: token >= prompt,
        "all": lambda _token: True,
    }
    end = prompt if region in CLOSED else max(stop, prompt)
    return [token for token in range(end) if holds[region](token)]


def stated_spec(
    pieces: Sequence[tuple[str, str, tuple[Any, Any] | None]], prompt: int, stop: int
) -> set[int]:
    steered: set[int] = set()
    for sign, region, window in pieces:
        named = stated(region, prompt, stop)
        chosen = set(named if window is None else named[window[0] : window[1]])
        steered = steered - chosen if sign == "-" else steered | chosen
    return steered


def text_of(pieces: Sequence[tuple[str, str, tuple[Any, Any] | None]]) -> str:
    texts = []
    for sign, region, window in pieces:
        bounds = "" if window is None else ":".join("" if bound is None else str(bound) for bound in window)
        texts += [sign, region if window is None else f"{region}[{bounds}]"]
    return " ".join(texts[1:])


@st.composite
def specs(draw: st.DrawFn) -> list[tuple[str, str, tuple[Any, Any] | None]]:
    pieces: list[tuple[str, str, tuple[Any, Any] | None]] = []
    for number in range(draw(st.integers(1, 4))):
        region = draw(st.sampled_from(REGIONS))
        bound = st.none() | st.integers(-8 if region in CLOSED else 0, 8)
        window = draw(st.none() | st.tuples(bound, bound))
        pieces.append(("+" if number == 0 else draw(st.sampled_from("+-")), region, window))
    return pieces


prompts = st.integers(1, 8)
passes = st.lists(st.integers(1, 4), min_size=1, max_size=8)


@given(specs(), prompts, passes)
def test_the_passes_of_a_row_together_steer_what_the_words_say(
    pieces: list[tuple[str, str, tuple[Any, Any] | None]], prompt: int, widths: list[int]
) -> None:
    where, start, steered = Positions.parse(text_of(pieces)), 0, []
    for width in widths:
        tokens = where.tokens(prompt, start, start + width)
        assert tokens == sorted(set(tokens))
        assert all(start <= token < start + width for token in tokens)
        steered += tokens
        start += width
    assert set(steered) == {token for token in stated_spec(pieces, prompt, start) if token < start}


@given(specs())
def test_the_canonical_name_means_the_same_and_is_its_own(
    pieces: list[tuple[str, str, tuple[Any, Any] | None]],
) -> None:
    where = Positions.parse(text_of(pieces))
    assert Positions.parse(where.name) == where


@given(prompts, passes, st.lists(st.integers(-8, 7), min_size=1, max_size=4))
def test_explicit_indices_are_prompt_tokens_from_either_end(
    prompt: int, widths: list[int], indices: list[int]
) -> None:
    where, stop = Positions.parse(indices), sum(widths)
    if all(-prompt <= index < prompt for index in indices):
        named = {range(prompt)[index] for index in indices}
        assert set(where.tokens(prompt, 0, stop)) == {token for token in named if token < stop}
    else:
        with pytest.raises(VectorError, match=f"lies outside a prompt of {prompt} tokens"):
            where.tokens(prompt, 0, stop)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(0, 9), st.data())
def test_a_callable_sees_the_row_so_far_and_answers_for_each_token(
    ids: list[int], wanted: int, data: st.DataObject
) -> None:
    seen: list[list[int]] = []

    def choose(row: list[int]) -> list[bool]:
        seen.append(row)
        return [token == wanted for token in row]

    start = data.draw(st.integers(0, len(ids) - 1))
    tokens = Positions.parse(choose).tokens(1, start, len(ids), ids)
    assert tokens == [place for place in range(start, len(ids)) if ids[place] == wanted]
    assert seen == [ids]


@pytest.mark.parametrize("region", REGIONS)
def test_before_the_prompt_is_read_to_its_end_a_chunk_steers_only_its_own_part(region: str) -> None:
    where = Positions.parse(region)
    assert where.tokens(6, 0, 3) == ([0, 1, 2] if region in ("prompt", "all") else [])
    assert where.tokens(6, 3, 6) == {"prompt": [3, 4, 5], "all": [3, 4, 5], "generated": []}.get(region, [5])


def test_each_generated_token_is_steered_as_it_is_fed_back() -> None:
    assert [Positions.parse("last").tokens(4, step, step + 1) for step in (4, 5, 6)] == [[4], [5], [6]]
    assert [Positions.parse("generated[:2]").tokens(4, step, step + 1) for step in (4, 5, 6)] == [
        [4],
        [5],
        [],
    ]
    assert Positions.parse("last_prompt").tokens(4, 4, 5) == []


def test_a_single_number_in_brackets_names_one_token() -> None:
    assert Positions.parse("prompt[0]").tokens(4, 0, 9) == [0]
    assert Positions.parse("prompt[-1]").tokens(4, 0, 9) == [3]
    assert Positions.parse("generated[2]").tokens(4, 0, 9) == [6]


def test_the_name_does_not_depend_on_how_the_spec_was_written() -> None:
    assert Positions.parse("  all  -  prompt[ :1 ] ").name == "all - prompt[:1]"
    assert Positions.parse([2, 0, 2]).name == Positions.parse((0, 2)).name == "prompt[0, 2]"
    assert Positions.parse(Positions.parse("last")) == Positions.parse("last")


@pytest.mark.parametrize(
    "spec",
    [
        "lst",
        "",
        " ",
        "LAST",
        "prompt[",
        "prompt[]",
        "prompt[a:b]",
        "prompt[1:2:3]",
        "all -",
        "- prompt",
        "all-prompt",
        "generated[-2:]",
        "last[:-1]",
        "all[-1]",
        [],
        [1.5],
        [True],
        True,
        None,
        2.5,
        [[1]],
        ["last"],
        {},
    ],
)
def test_a_spec_that_is_not_known_is_one_clear_sentence(spec: Any) -> None:
    with pytest.raises(VectorError, match="position") as caught:
        Positions.parse(spec)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("answer", [None, [], [True], [True] * 4, 1])
def test_a_callable_that_answers_for_other_tokens_is_refused(answer: Any) -> None:
    with pytest.raises(VectorError, match="for 3 token ids"):
        Positions.parse(lambda _ids: answer).tokens(3, 0, 3, [7, 8, 9])
