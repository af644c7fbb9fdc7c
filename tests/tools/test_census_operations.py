from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_steering.steering.operations import OPERATIONS
from tools.census.kept_findings import REFUSED, STEERED
from tools.census.operations import HEADING, TRIED, counted, main, section, tried
from tools.census.sections import sections_of, with_section


def test_the_census_tries_every_operation_of_the_package() -> None:
    assert {name.partition("(")[0] for name in TRIED} == set(OPERATIONS)


def test_a_model_type_that_fails_is_named_with_its_operation_and_counted() -> None:
    found = {"whole": (STEERED, {}), "odd": (STEERED, {"swap": "FAILED: lower"}), "none": (REFUSED, {})}
    assert counted(found) == "1 of 2 steered model types (50.0%) run every operation with hooks."
    text = section(found)
    assert "- `odd`: swap: FAILED: lower" in text
    assert "`whole`" not in text
    assert "`none`" not in text


def test_a_section_takes_its_old_place_and_leaves_the_others() -> None:
    text = "# Top\n\n## One\n\nold\n\n## Two\n\nkept\n"
    assert with_section(text, "## One\n\nnew\n") == "# Top\n\n## One\n\nnew\n\n## Two\n\nkept\n"
    assert with_section("# Top\n", "## One\n\nnew\n") == "# Top\n\n## One\n\nnew\n"
    assert sections_of(text) == "\n## One\n\nold\n\n## Two\n\nkept\n"
    assert sections_of("# Top\n") == ""


def test_what_was_found_is_kept_so_that_no_type_is_tried_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "found.json"
    kept.write_text(json.dumps({"llama": [STEERED, {}], "gpt2": [STEERED, {"swap": "FAILED"}]}))
    assert main(["llama", "--keep", str(kept)]) == 0
    assert main(["llama", "gpt2", "--keep", str(kept)]) == 1
    assert HEADING not in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("model_type", ["gpt2", "bloom"])
def test_a_model_type_runs_every_operation(model_type: str) -> None:
    assert tried(model_type) == (STEERED, {})
