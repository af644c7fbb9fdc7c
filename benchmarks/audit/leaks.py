"""What is scored is behind the vector, or behind the choice of where it is added."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.audit.case import Case, Said, claiming
from benchmarks.audit.twins_rows import Rows, copies, twins_file
from benchmarks.audit.workbench import PLACES, careful, experiment, improves, model, vector
from pytest_steering import ContrastPair, Experiment, Intervention, Record, Result, SteeringVector
from pytest_steering.comparison import STEERED
from pytest_steering.findings import Finding, across
from pytest_steering.tasks.asked import Asked

LAYER = PLACES["starcoder"][0]
SCALES = (1.0, 2.0, 4.0)
QUESTION = "Is this code vulnerable?"


def from_scored_prompts(_folder: Path) -> Result:
    return _at_its_best(experiment(), _from_labels(experiment().scored))


def through_a_file(folder: Path) -> Result:
    _from_labels(experiment().scored).save(folder / "leaked.safetensors")
    return _at_its_best(experiment(), SteeringVector.load(folder / "leaked.safetensors"))


def by_hand(_folder: Path) -> Result:
    """The same directions as plain numbers, which say nothing of where they come from."""
    return _at_its_best(experiment(), SteeringVector(_from_labels(experiment().scored).directions))


def added_to_an_honest_one(_folder: Path) -> Result:
    leaked = _from_labels(experiment().scored)
    return experiment().run(careful(of=vector().only([LAYER]) + 0.5 * leaked))


def with_other_names(_folder: Path) -> Result:
    """Pairs over the scored code in which every name is another one."""
    return _from_pairs_of([_said_anew(one, _renamed(one.sample.text)) for one in experiment().scored])


def with_other_layout(_folder: Path) -> Result:
    """Pairs over the scored code with other white space and ids of their own."""
    asked = experiment().scored
    return _from_pairs_of([_said_anew(one, one.sample.text.replace("    ", "\t\t")) for one in asked])


def rescaled_after_a_search(_folder: Path) -> Result:
    """Layer and scale are searched on what is scored, and the vector is a hair longer afterwards."""
    scored = experiment()
    found = experiment(split="dev").search(vector(), [LAYER], SCALES, split="test").intervention
    assert found is not None
    return scored.run(replace(found, vector=1.0001 * found.vector))


def searched_by_a_sibling(_folder: Path) -> Said:
    """Another test of the run looks at what is scored, and only the numbers that it found are used."""
    kept: list[Record] = []
    sibling = experiment(split="dev", sink=kept.append, name="sibling")
    found = sibling.search(vector(), [LAYER], SCALES, split="test")
    experiment(sink=kept.append, name="own").run(Intervention(vector(), [found.layer], found.scale))
    rows = [row for one in across(kept) if one.arm == STEERED for row in one.findings]
    return Said(tuple(Finding.from_dict(row, STEERED) for row in rows))


def scored_samples_in_dev(folder: Path) -> Result:
    """The split to search on holds the scored samples too, under other ids."""
    one = experiment(data_paths=twins_file(folder, _with_scored_in_dev))
    found = one.search(vector(), [LAYER], SCALES)
    return one.run(Intervention(vector(), [found.layer], found.scale))


def another_models_part(_folder: Path) -> Result:
    """A little of a vector of another model, as wide as this one, is added to an honest one."""
    return experiment().run(careful(of=vector() + 1e-3 * vector("starcoder2")))


def _with_scored_in_dev(rows: Rows) -> Rows:
    kept = [row for row in rows if row["split"] != "dev"]
    return kept + [row | {"split": "dev"} for row in copies(rows, "again", 48)]


def _from_labels(asked: Sequence[Asked]) -> SteeringVector:
    """Return the direction from the vulnerable to the secure ones of the samples, by their labels."""
    secure, vulnerable = ([one.prompt for one in asked if one.sample.label == label] for label in (0, 1))
    return SteeringVector.from_contrast(model(), secure, vulnerable, layers=[LAYER])


def _at_its_best(scored: Experiment, leaked: SteeringVector) -> Result:
    """Run the scale that is best on what is scored, which nobody is told."""
    return max(
        (scored.run(Intervention(leaked, [LAYER], scale), controls=()) for scale in SCALES),
        key=lambda result: result.steered.accuracy or 0.0,
    )


def _from_pairs_of(prompts: Sequence[tuple[str, int]]) -> Result:
    secure, vulnerable = ([prompt for prompt, label in prompts if label == wanted] for wanted in (0, 1))
    pairs = [
        ContrastPair(one, other, f"own-{number}")
        for number, (one, other) in enumerate(zip(secure, vulnerable, strict=True))
    ]
    scored = experiment()
    return _at_its_best(scored, scored.extract(pairs, layers=[LAYER]))


def _said_anew(asked: Asked, text: str) -> tuple[str, int]:
    return asked.prompt.replace(asked.sample.text, text), asked.sample.label or 0


KEPT = re.compile(
    "return|const|char|void|NULL|struct|else|while|for|switch|case|int|None|True|False|def|import|from|with|"
    "not|and|break|continue|unsigned|long|static|sizeof|raise|try|except|class|lambda"
)


def _renamed(code: str) -> str:
    """Return code in which all names are others: its own and those of libraries."""
    return re.sub(
        r"[A-Za-z_]{3,}", lambda found: found[0] if KEPT.fullmatch(found[0]) else f"{found[0][::-1]}_", code
    )


LEAKS = (
    Case("leaked through from_contrast", claiming(from_scored_prompts, improves), ("train-test-overlap",)),
    Case("leaked through a file", claiming(through_a_file, improves), ("train-test-overlap",)),
    Case("leaked, as plain numbers", claiming(by_hand, improves), ("origin-unknown",)),
    Case("leaked into an honest vector", claiming(added_to_an_honest_one, improves), ("train-test-overlap",)),
    Case(
        "renamed identifiers",
        claiming(with_other_names, improves),
        ("train-test-overlap", "is in the contrast pairs"),
    ),
    Case(
        "own ids, other layout",
        claiming(with_other_layout, improves),
        ("train-test-overlap", "is in the contrast pairs"),
    ),
    Case(
        "rescaled after a search on test",
        claiming(rescaled_after_a_search, improves),
        ("chosen-on-scored",),
    ),
    Case("sibling search", searched_by_a_sibling, ("searched-elsewhere",)),
    Case("scored samples copied into dev", claiming(scored_samples_in_dev, improves), ("chosen-on-scored",)),
    Case(
        "a part of another model's vector",
        claiming(another_models_part, improves),
        ("was made for something else",),
    ),
)
