"""Honest experiments on the embedded twins, which the audit once refused or has to let pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.audit.case import Case, claiming
from benchmarks.audit.twins_rows import Rows, scored, twins_file
from benchmarks.audit.workbench import PLACES, careful, experiment, improves, model, vector
from pytest_steering import Intervention, Result, SteeringVector


def steered(name: str = "starcoder", part: float = 1.0, **options: Any) -> Callable[[Path], Result]:
    """Return the run of an honest vector at the place that dev told, beside the usual controls.

    Args:
        name: Of the model.
        part: Of the scale.
        **options: Of the experiment.
    """
    return lambda _folder: experiment(name, **options).run(careful(name, part=part))


def of_rows(change: Callable[[Rows], Rows]) -> Callable[[Path], Result]:
    """Return the same on twins whose scored rows are changed.

    Args:
        change: Gets the rows of the test split.
    """

    def run(folder: Path) -> Result:
        return experiment(data_paths=twins_file(folder, scored(change))).run(careful())

    return run


def of_one_label(test: Rows) -> Rows:
    """Patched code alone: the model calls all of it vulnerable, and steered it calls none so."""
    return [row | {"pair_id": None, "pair_role": None} for row in test if row["label"] == 0]


def in_clusters(test: Rows) -> Rows:
    """Scenarios of eight samples each, as they would be if four pairs had come from one program."""
    return [row | {"cluster": f"scenario {number // 8}"} for number, row in enumerate(test)]


def from_a_file(folder: Path) -> Result:
    vector().save(folder / "careful.safetensors")
    loaded = SteeringVector.load(folder / "careful.safetensors")
    one = experiment()
    return one.run(careful(of=loaded), pairs=one.contrast_pairs())


def negated(_folder: Path) -> Result:
    return experiment().run(careful(of=-vector(), part=-1.0))


def rescaled(_folder: Path) -> Result:
    return experiment().run(careful(of=2 * vector(), part=0.5))


def summed(_folder: Path) -> Result:
    """Two directions of halves of the pairs make the direction of all."""
    one = experiment()
    pairs = one.contrast_pairs()
    both = one.extract(pairs[::2]) + one.extract(pairs[1::2])
    return one.run(careful(of=0.5 * both))


def searched_on_dev(_folder: Path) -> Result:
    one = experiment()
    choice = one.search(vector())
    return one.run(Intervention(vector(), [choice.layer], choice.scale))


def in_parts(_folder: Path) -> Result:
    return experiment().run(careful(), doses=(0.25, 0.5, 0.75))


def at_several_layers(_folder: Path) -> Result:
    return experiment().run(Intervention(vector(), [2, 3], 1.5))


def at_every_token(_folder: Path) -> Result:
    layer, scale = PLACES["starcoder"]
    return experiment().run(Intervention(vector(), [layer], scale, positions="all"))


def by_the_other_engine(_folder: Path) -> Result:
    one = experiment(limit=80)
    return replace(one, model=model().with_engine("nnsight")).run(careful())


def beside_words(_folder: Path) -> Result:
    return experiment().run(careful(), controls=("random", "shuffled", "prompted"))


def a_random_direction(_folder: Path) -> Result:
    """Somebody asks what a random direction does, and says that it does nothing."""
    return experiment().run(careful(of=vector().random_like(7)), controls=("random",))


def ablated(_folder: Path) -> Result:
    """The direction is taken out of the stream instead of added to it."""
    return experiment().run(Intervention(vector(), [PLACES["starcoder"][0]], 1.0, "ablate"))


def toward_yes(_folder: Path) -> Result:
    """Of code that is asked about with care the opposite direction makes the model say yes again."""
    return experiment().run(careful(part=-1.0), controls=("random", "shuffled"))


def of_the_blind_model(_folder: Path) -> Result:
    return experiment("blind", limit=160).run(careful("blind"))


def no_effect(metric: str) -> Callable[[Result], None]:
    """Return the claim that nothing shows."""
    return lambda result: result.expect(metric).shows_no_effect()


def better_by_ten(result: Result) -> None:
    result.expect("balanced_accuracy").improves(by=0.10)


def better_than(arm: str) -> Callable[[Result], None]:
    """Return the claim that the vector does more than another arm."""
    return lambda result: result.expect("accuracy", against=arm).improves()


def stays(metric: str, within: float, against: str = "unsteered") -> Callable[[Result], None]:
    """Return the claim that a number is as good as that of another arm."""
    return lambda result: result.expect(metric, against=against).stays(within=within)


def fewer_yes(result: Result) -> None:
    result.expect("yes_rate").drops(by=0.2)


def rises_with_the_scale(result: Result) -> None:
    result.expect("accuracy").monotone()


CONSTANT = "a model that says yes to everything, steered or not, leaves accuracy nothing to show"

HONEST = (
    Case("60 samples, p 3.7e-9", claiming(steered(limit=60), improves)),
    Case("all answers are right", claiming(of_rows(of_one_label), improves)),
    Case("scenarios of eight", claiming(of_rows(in_clusters), improves)),
    Case("twins on starcoder", claiming(steered("starcoder", limit=160), better_by_ten)),
    Case("twins on starcoder2", claiming(steered("starcoder2", limit=160), better_by_ten)),
    Case("twins on qwen2", claiming(steered("qwen2", limit=160), better_by_ten)),
    Case("a vector from a file", claiming(from_a_file, improves)),
    Case("a negated vector", claiming(negated, improves)),
    Case("a rescaled vector", claiming(rescaled, improves)),
    Case("a sum of two vectors", claiming(summed, improves)),
    Case("searched on dev, scored on test", claiming(searched_on_dev, improves)),
    Case("parts of the scale", claiming(in_parts, rises_with_the_scale)),
    Case("two layers", claiming(at_several_layers, improves)),
    Case("every token", claiming(at_every_token, improves)),
    Case("the engine nnsight", claiming(by_the_other_engine, improves)),
    Case("likelihoods alone", claiming(steered(max_new_tokens=0), stays("auroc", 0.1))),
    Case("answers end at their verdict", claiming(steered(stop="verdict"), improves)),
    Case("both polarities", claiming(steered(both_polarities=True, form="named"), improves)),
    Case("more than the opposite", claiming(steered(), better_than("negated"))),
    Case("as good as words", claiming(beside_words, stays("accuracy", 0.1, "prompted"))),
    Case("fewer yes", claiming(steered(), fewer_yes)),
    Case("the ranking stays", claiming(steered(limit=320), stays("auroc", 0.05))),
    Case(
        "a random direction does nothing",
        claiming(a_random_direction, no_effect("accuracy")),
        missed=CONSTANT,
    ),
    Case(
        "the opposite does nothing where all is yes",
        claiming(toward_yes, no_effect("accuracy")),
        missed=CONSTANT,
    ),
    Case("ablation", claiming(ablated, improves)),
    Case("the blind model stays blind", claiming(of_the_blind_model, no_effect("auroc"))),
)
