"""Small inputs that fail: runs the scripts of a folder of them against this code, and prints what they say.

    python -m tools.cases FOLDER [NAME...]

The scripts were written for the first version: modules that moved are found under their old names. What is
asked of a choice's tokens is asked with its prompt, which the first version's method did not take.
"""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

BESIDE = ("common",)
"""What the scripts share is no script itself."""

JOINS = {
    "I choose (": ["A", "B"],
    "Answer:": [" Yes", " No"],
    "Answer: ": ["Yes", "No"],
    "Yes or": [" No", " Yes"],
}


def main(arguments: Sequence[str]) -> int:
    """Run some or all of a folder's scripts, each in a process of its own, and return how many failed."""
    if not arguments or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m tools.cases FOLDER [NAME...]\n")
        return 4
    folder, *names = arguments
    scripts = {path.stem: path for path in sorted(Path(folder).glob("*.py")) if path.stem not in BESIDE}
    unknown = [name for name in names if name not in scripts]
    if unknown:
        sys.stderr.write(f"{folder} has no case {', '.join(unknown)}; it has {', '.join(scripts)}\n")
        return 4
    failed = [name for name in names or scripts if _shown(scripts[name])]
    return len(failed)


def _shown(script: Path) -> int:
    sys.stdout.write(f"=== {script.stem}\n")
    sys.stdout.flush()
    code = "import sys; from tools.cases import run; run(sys.argv[1])"
    return subprocess.run([sys.executable, "-c", code, str(script)], check=False).returncode  # noqa: S603


def run(script: str) -> None:
    """Run one script in this process, or what stands for it here."""
    _alias_moved_modules()
    sys.path.insert(0, str(Path(script).parent))
    sys.argv = [script]
    if Path(script).stem == "token_joins":
        _token_joins(runpy.run_path(script, run_name="token_joins"))
    else:
        runpy.run_path(script, run_name="__main__")


def _alias_moved_modules() -> None:
    import pytest_steering.tasks.surface_forms as forms
    import tools.census.build

    packages = ("pytest_steering.evaluation", "pytest_steering.evaluation.prompts")
    sys.modules |= {name: ModuleType(name) for name in packages}
    for name in packages:
        sys.modules[name].__path__ = []
    sys.modules["pytest_steering.models.census"] = tools.census
    sys.modules["pytest_steering.models.census.build"] = tools.census.build
    sys.modules["pytest_steering.evaluation.likelihood"] = forms


def _token_joins(of: dict[str, Any]) -> None:
    """Print how each choice is scored beside how the text goes on, with the tokenizers of the script."""
    from pytest_steering.errors import PromptError

    kinds = {
        "metaspace always": of["spm_like"]("always"),
        "metaspace first": of["spm_like"]("first"),
        "legacy llama": of["legacy_llama"](),
    }
    for kind, tokenizer in kinds.items():
        model = of["SteerableModel"].wrap(of["build"]("llama"), tokenizer)
        for prompt, choice in [(prompt, choice) for prompt, own in JOINS.items() for choice in own]:
            try:
                (one,) = model.continuations([prompt], [[choice]])
                scored = [*one.prompt, *one.answers[0]]
                same = scored == tokenizer(prompt + choice)["input_ids"]
                shown = tokenizer.convert_ids_to_tokens(list(one.answers[0]))
                said = f"scored as {shown}: {'same' if same else 'ANOTHER'}"
            except PromptError as error:
                said = f"refused: {error}"
            sys.stdout.write(f"{kind:18s} prompt {prompt!r:14} choice {choice!r:7} {said}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
