from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering.comparison import Comparison, estimated_change
from tests.report.html.runs_at_hand import HOSTILE, asked, experiments, failed, page_of, unpacked


def test_the_overview_says_the_effect_that_the_house_computes(tmp_path: Path) -> None:
    records = experiments()
    page = page_of(tmp_path, *records)
    change = estimated_change(Comparison.of(records).pairing(), "accuracy")

    assert f'data-value="{change.value}"' in page
    assert f"[{change.low:+.2f}, {change.high:+.2f}]".replace("-", "−") in page


def test_flips_and_skipped_samples_are_those_of_the_records(tmp_path: Path) -> None:
    index = unpacked(page_of(tmp_path, *experiments()), "experiment-1-index")

    became = index["became"]["steered"]
    assert [became.count(one) for one in ("up", "down", "same", "skipped")] == [5, 1, 18, 1]
    assert set(index["became"]["random:0"]) == {"same", "skipped"}


def test_texts_of_samples_come_back_as_they_were(tmp_path: Path) -> None:
    page = page_of(tmp_path, *experiments(1, HOSTILE.replace("\ud800", "")))
    index, texts = unpacked(page, "experiment-1-index"), unpacked(page, "experiment-1-texts-0")

    assert index["ids"][3] == "s003" + HOSTILE.replace("\ud800", "")
    assert texts[3][1]["text"] == "It is yes." + HOSTILE.replace("\ud800", "")


def test_prompts_that_were_kept_stand_in_the_page_once(tmp_path: Path) -> None:
    page = page_of(tmp_path, *(asked(one, f"{HOSTILE} %d") for one in experiments(8)))
    prompts = unpacked(page, "prompts-0")

    assert prompts == [f"{HOSTILE} {number}" for number in range(25)]
    for number in range(1, 9):
        texts = unpacked(page, f"experiment-{number}-texts-0")
        assert [[arm["prompt"] for arm in arms] for arms in texts] == [[one] * 3 for one in range(25)]


def test_a_prompt_that_nobody_kept_is_named_by_its_hash(tmp_path: Path) -> None:
    first = asked(experiments()[0])
    page = page_of(tmp_path, replace(first, prompts=dict(list(first.prompts.items())[:3])))
    texts = [arms[0] for arms in unpacked(page, "experiment-1-texts-0")]

    assert [one.get("prompt") for one in texts] == [0, 1, 2, *[None] * 22]
    assert [one["sha"] for one in texts[3:]] == [one.prompt_sha256[:12] for one in first.outcomes[3:]]


def test_prompts_that_were_changed_are_counted_and_not_shown(tmp_path: Path) -> None:
    first = asked(experiments()[0])
    page_of(tmp_path, first)
    (kept,) = tmp_path.rglob("prompts.jsonl")
    kept.write_text(kept.read_text().replace("What is 7?", "What is 8?", 1))
    page = page_of(tmp_path)

    assert "1 of the lines of prompts.jsonl hold no prompt that goes by its hash" in page
    assert "sha" in unpacked(page, "experiment-1-texts-0")[7][0]


def test_no_two_elements_of_a_page_go_by_one_id(tmp_path: Path) -> None:
    ids = re.findall(r'\sid="([^"]*)"', page_of(tmp_path, *experiments(3)))

    assert len(ids) == len(set(ids)) > 50


@pytest.mark.parametrize("many", [1, 8])
def test_hostile_text_adds_no_element_and_no_hidden_character(tmp_path: Path, many: int) -> None:
    plain = page_of(tmp_path / "plain", *experiments(many))
    page = page_of(tmp_path / "hostile", *experiments(many, HOSTILE.replace("\ud800", "")))

    # A long name is shown on hover too: figures may have more titles, and nothing else.
    tags = [set(re.findall(r"<[a-z!][^\s>]*", one)) - {"<title"} for one in (plain, page)]
    assert tags[0] >= tags[1]
    assert plain.count("<script") == page.count("<script")
    assert not set("\u202e\u2028\0") & set(page)


def test_a_page_loads_nothing_and_lets_in_its_own_style_and_script_alone(tmp_path: Path) -> None:
    page = page_of(tmp_path, *experiments())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)

    assert policy
    assert "unsafe" not in policy[1]
    assert policy[1].startswith("default-src &#39;none&#39;; script-src &#39;sha256-")
    assert not re.search(r"""(src|href)=["'](?!#|data:)""", page)
    assert not re.search(r"\son[a-z]+=", page)


def test_of_a_run_without_records_the_page_says_so(tmp_path: Path) -> None:
    assert "This run holds no scored experiment" in page_of(tmp_path)


def test_an_experiment_that_failed_says_why(tmp_path: Path) -> None:
    unsteered, steered, _ = experiments()
    page = page_of(tmp_path, failed(unsteered), failed(steered))

    assert "the machine ran out of memory" in page
    assert "chip-failed" in page


def test_the_words_that_decided_are_marked_and_those_outside_an_answer_are_counted(tmp_path: Path) -> None:
    unsteered, steered, _ = experiments()
    answer = "\U0001f600\ud800 Yes.\u2028No"
    spans = {"verdict": [[3, 6]], "agrees": [[7, 99], [5, 5], [8, 10]], "lost": [[11, 12]]}
    first = steered.outcomes[0].but(response=answer, spans=spans)
    page = page_of(tmp_path, unsteered, replace(steered, outcomes=(first, *steered.outcomes[1:])))
    told = unpacked(page, "experiment-1-texts-0")[0][1]
    units = answer.encode("utf-16-le", "surrogatepass")
    marked = {
        name: [units[2 * one : 2 * behind].decode("utf-16-le") for one, behind in own]
        for name, own in told["evidence"].items()
    }

    assert marked == {"verdict": ["Yes"], "agrees": ["No"]}
    assert "3 places of words that are said to have decided lie outside their answers" in page


def test_of_a_choice_the_option_is_named_and_no_yes_or_no(tmp_path: Path) -> None:
    before, after = (
        replace(one, outcomes=[each.but(wanted="(B)", chosen="(A)", expected="yes") for each in one.outcomes])
        for one in experiments(1)[:2]
    )
    page = page_of(tmp_path, before, after)

    assert set(unpacked(page, "experiment-1-index")["expected"]) == {"right: (B)"}
    shown = [arm for sample in unpacked(page, "experiment-1-texts-0") for arm in sample]
    assert all(one["chosen"] == "(A)" and "verdict" not in one for one in shown)
