"""The examples of docs/models.md run."""

from __future__ import annotations

import re
from typing import Any

from tests.repository.files import ROOT


def test_the_examples_of_ones_own_code_run_in_their_order() -> None:
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    section = page.partition("## In your own code")[2].partition("\n## ")[0]
    blocks = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    known: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "docs/models.md", "exec"), known)
    assert len(blocks) == 3
    assert (
        "".join(known["pieces"])
        == known["model"].generate(["The film was"], known["cheerful"], max_new_tokens=20)[0]
    )
