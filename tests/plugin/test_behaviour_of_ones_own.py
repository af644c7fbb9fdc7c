"""A user's own journey: prompts in a file, a score of three lines, a test of eight lines, nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pytest_steering.models.steerable import SteerableModel
from pytest_steering.run_folder.runs import find_run
from tests.repository.files import ROOT

TEST = """
from pathlib import Path

import pytest
from pytest_steering import ContrastPair, Intervention, TextTask


def shouting(prompt, text):
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(str.isupper, letters)) / len(letters) if letters else None


OPENINGS = TextTask.from_file(
    Path(__file__).with_name("openings.jsonl"), shouting, guards=[], pairs=[ContrastPair("A B", "a b", "1")]
)


@pytest.mark.steering(task=OPENINGS, models=["starcoder2"], max_new_tokens=8)
def test_it_shouts(steering, contrast_pairs):
    vector = steering.extract(contrast_pairs)
    choice = steering.search(vector, layers=[1, 2], scales=[0.5, 1.0])
    result = steering.run(Intervention(vector, [choice.layer], choice.scale), controls=("random", "negated"))
    assert "shouting" in result.steered.record.metrics
    result.expect("shouting").at_most(1.0)
    result.expect("shouting").at_least({least})
"""


@pytest.fixture
def project(pytester: pytest.Pytester, starcoder2: SteerableModel) -> Path:
    del starcoder2  # torch is there before pytest runs in pytest, which cannot import it twice
    rows = [
        {"prompt": f"{word} {number} is", "split": "dev" if number < 4 else "test"}
        for number in range(12)
        for word in ("INT", "name")
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (pytester.path / "openings.jsonl").write_text(lines, encoding="utf-8")
    return pytester.path


def test_three_pieces_are_all_it_takes(pytester: pytest.Pytester, project: Path) -> None:
    pytester.makepyfile(test_own=TEST.replace("{least}", "0.0"))
    printed = pytester.runpytest("--steering-device=cpu")
    printed.assert_outcomes(passed=1)
    records = find_run("latest", project / ".steering").read().records
    arms = [one.arm for one in records if one.spec["purpose"] == "score"]
    assert arms == ["unsteered", "steered", "random:0", "random:1", "random:2", "negated"]
    shown = "\n".join(printed.outlines)
    assert "starcoder2 · test_it_shouts · shouting" in shown
    assert "mean [95 %]" in shown
    assert "searched 4 points on dev: shouting" in shown


def test_a_claim_that_is_not_met_fails_with_the_numbers(pytester: pytest.Pytester, project: Path) -> None:
    pytester.makepyfile(test_own=TEST.replace("{least}", "2.0"))
    printed = pytester.runpytest("--steering-device=cpu")
    printed.assert_outcomes(failed=1)
    printed.stdout.fnmatch_lines(["*expected steered shouting of at least 2: not met; found *95 % interval*"])


def test_the_documents_journey_needs_no_other_file(pytester: pytest.Pytester, project: Path) -> None:
    page = (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```python\n# test_exclaiming\.py\n(.*?)```", page, re.DOTALL)
    assert [
        len(part.strip().splitlines()) for part in re.findall(r"(?:@.*\n)?def .*\n(?:    .*\n)+", shown)
    ] == [3, 8]
    rows = (json.dumps({"prompt": f"{word} {number} is"}) for number in range(20) for word in ("INT", "name"))
    (project / "openings.jsonl").write_text("\n".join(rows), encoding="utf-8")
    # A search of all blocks and scales takes a minute; this model breaks sooner than one that chats.
    code = shown.replace("search(vector,", "search(vector, layers=[1], scales=[0.1],")
    pytester.makepyfile(test_exclaiming=code)
    printed = pytester.runpytest("--steering-device=cpu", "--steering-model=starcoder2")
    printed.assert_outcomes(failed=1)  # it writes code and exclaims about nothing
    printed.stdout.fnmatch_lines(["*expected steered exclaiming to rise by at least 0.1 over unsteered: *"])
    arms = [one.arm for one in find_run("latest", project / ".steering").read().records]
    assert {"unsteered", "steered", "negated", "prompted"} <= {*arms}
