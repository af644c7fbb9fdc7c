"""One experiment on one model: extract a vector, search its layer and scale, run it beside its controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_steering.errors import DataError, InterventionError, VectorError
from pytest_steering.evaluation.datasets import load_dataset, load_neutral, without_overlap
from pytest_steering.experiments import asking, contrasts, recording, resuming
from pytest_steering.experiments.apart import refuse_scored
from pytest_steering.experiments.controls import DEFAULT_CONTROLS, control_arms
from pytest_steering.experiments.evaluate import Evaluation, Swapped, evaluate
from pytest_steering.experiments.findings.data import CLAIM
from pytest_steering.experiments.neutral import TEXTS, neutral_kl
from pytest_steering.experiments.observation import observe, origin
from pytest_steering.experiments.result import STEERED, UNSTEERED, Result
from pytest_steering.experiments.search import DEFAULT_SCALES, Choice, search
from pytest_steering.experiments.shift import MarginShift, margin_shift
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.models.fingerprint import count_hooks, weights_state
from pytest_steering.steering.intervention import Intervention

if TYPE_CHECKING:
    from pytest_steering.evaluation.prompts.forms import QuestionForm
    from pytest_steering.evaluation.samples import Sample
    from pytest_steering.experiments.asking import Asked
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.records import Record
    from pytest_steering.steering.vector import SteeringVector

T = TypeVar("T")


def _keep_nothing(_record: Record) -> None:
    return None


@dataclass
class Experiment:
    """One experiment on one model; every cell it runs is handed to `sink` as a record.

    Attributes:
        model: The model.
        dataset: Name of the data set.
        split: The split that is scored.
        form: Name of the question form.
        reader: Name of the answer reader.
        max_new_tokens: At most this many for each answer.
        data_paths: Where data sets lie that are not embedded.
        both_polarities: Take margins of the opposite question too, so that a leaning to "yes" cancels.
        limit: Score at most this many samples, taken at even steps; None for all.
        vectors_from: Name of the data set that contrast pairs are made of, and layer and scale searched on;
            the scored one where it is empty.
        contrast: In what pairs differ, `careful` or `code`; `careful` for twins and else `code` where it is
            empty. See `contrasts.contrast_pairs`.
        name: Of the experiment, in records.
        node_id: Of the test, in records.
        sink: Gets each record as soon as its cell is done.
        finished: Records of this test's cells in the run that is gone on with, by content key.
        timer: Calls the scored run; pytest-benchmark's `pedantic` can stand here.
        memo: Keeps vectors and searches, which are deterministic; experiments may share one.
    """

    model: SteerableModel
    dataset: str = "twins"
    split: str = "test"
    form: str = "sentence"
    reader: str = "text"
    max_new_tokens: int = 32
    data_paths: Mapping[str, Path] = field(default_factory=dict)
    limit: int | None = None
    vectors_from: str = ""
    contrast: str = ""
    both_polarities: bool = False
    name: str = ""
    node_id: str = ""
    sink: Callable[[Record], None] = _keep_nothing
    finished: Mapping[str, Record] = field(default_factory=dict, repr=False)
    timer: Callable[[Callable[[], Any]], Any] | None = None
    memo: MutableMapping[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    @cached_property
    def question(self) -> QuestionForm:
        """How samples are asked about."""
        return asking.question_form(self.form, self.model.loaded.tokenizer, self.data_paths)

    @property
    def source(self) -> str:
        """Name of the data set that vectors, layer and scale come from."""
        return self.vectors_from or self.dataset

    def samples(self, split: str, dataset: str = "") -> list[Sample]:
        """Return the samples of a split.

        Args:
            split: Its name.
            dataset: Of which data set; the scored one where it is empty.

        Raises:
            DataError: There are none.
        """
        name = dataset or self.dataset
        found = load_dataset(name, paths=self.data_paths, split=split)
        if not found:
            raise DataError(f"data set {name!r} has no samples in split {split!r}")
        return found

    @cached_property
    def scored(self) -> list[Asked]:
        """The scored samples with their prompts."""
        samples = self.samples(self.split)
        return asking.ask(
            samples if self.limit is None else asking.evenly(samples, self.limit), self.question
        )

    def contrast_pairs(self, count: int = 64) -> list[ContrastPair]:
        """Return pairs over training samples that share nothing with the scored ones.

        Args:
            count: Number of pairs.

        Raises:
            DataError: No training sample can be used, or there is no such contrast.
        """
        train = without_overlap([one.sample for one in self.scored], self.samples("train", self.source))
        contrast = self.contrast or contrasts.default_contrast(self.source)
        return contrasts.contrast_pairs(self.model, train, self.question, contrast, count)

    def extract(
        self,
        pairs: Sequence[ContrastPair],
        method: str = "mean_difference",
        layers: Sequence[int] | str = "all",
    ) -> SteeringVector:
        """Return the direction of the pairs at each layer, and remember the pairs for the shuffled control.

        Args:
            pairs: Contrast pairs, none of them about a scored sample.
            method: `mean_difference`.
            layers: Block numbers, `last3` or `all`.

        Raises:
            DataError: A pair is about a scored sample.
        """
        self._refuse_scored(pairs)
        key = (
            "extract",
            *self._identity,
            tuple(pairs),
            method,
            self.model.architecture.resolve_layers(layers),
        )
        vector: SteeringVector = self._remembered(key, lambda: self._extract(pairs, method, layers))
        self.memo["pairs", vector.sha256] = list(pairs)
        return vector

    def trained_on(self, vector: SteeringVector) -> list[Sample]:
        """Return the samples that a vector was made from; none for a vector that does not name them."""
        ids = set(str(vector.provenance.get("sample_ids", "")).split(","))
        name = str(vector.provenance.get("dataset", self.source))
        return [sample for sample in load_dataset(name, paths=self.data_paths) if sample.id in ids]

    def searched_on(self, vector: SteeringVector) -> list[tuple[str, list[Sample]]]:
        """Return the splits that layer and scale of a vector were searched on, with their samples."""
        return list(self.memo.get(("searched", vector.sha256), []))

    def search(
        self,
        vector: SteeringVector,
        layers: Sequence[int] | None = None,
        scales: Sequence[float] = DEFAULT_SCALES,
        split: str = "dev",
        limit: int | None = None,
    ) -> Choice:
        """Return the layer and scale that answer best on a split that is not scored.

        Args:
            vector: Tried at each of its layers.
            layers: Only these.
            scales: Tried at each layer.
            split: Where to look, in the data set that vectors come from.
            limit: Look at this many samples, taken evenly; None for all.

        Raises:
            DataError: The split is the one that is scored, or no point was given.
        """
        if (self.source, split) == (self.dataset, self.split):
            raise DataError(
                f"layer and scale would be chosen on {split!r}, the split that is scored; "
                "search on another one"
            )
        tried = list(layers if layers is not None else vector.layers)
        if not tried or not scales:
            raise DataError("a search needs at least one layer and one scale")
        key = ("search", *self._identity, vector.sha256, split, limit, tuple(tried), tuple(scales))
        choice: Choice = self._remembered(key, lambda: self._search(vector, tried, scales, split, limit))
        return choice

    def run(
        self,
        intervention: Intervention,
        controls: Sequence[str] = DEFAULT_CONTROLS,
        *,
        doses: Sequence[float] = (),
        claim: float = CLAIM,
    ) -> Result:
        """Score the intervention beside the unsteered model and its controls, in shared batches.

        Args:
            intervention: What is added, where and when.
            controls: Out of `zero`, `random`, `negated`, `shuffled`.
            doses: Parts of the scale that are scored too, each as an arm `dose:<part>`.
            claim: The change of accuracy that the run is to show, as a share; with too few samples for it
                the run has a finding.

        Raises:
            InterventionError: What was written is not what was asked for, or the model was left changed; the
                record of the cell names it all the same.
            VectorError: The intervention does not fit the model, or was made for another and is not forced.
        """
        arms: dict[str, Intervention | None] = {UNSTEERED: None, STEERED: intervention}
        arms |= {f"dose:{part:g}": replace(intervention, scale=part * intervention.scale) for part in doses}
        arms |= control_arms(intervention, controls, self.model, self._pairs_of(intervention))
        resumed = resuming.resumed_arms(self, self.scored, arms)
        if resumed is not None:
            return Result(resumed, sink=self.sink)
        seen = observe.before(self, intervention, claim)
        try:
            self._refuse_foreign(intervention, seen)
            evaluation = self._watched(lambda: self._timed(lambda: self._evaluate(arms)))
        except (InterventionError, VectorError, RuntimeError) as error:
            self._record_failure(arms, {**observe.after(self, seen), "failed": str(error)})
            raise
        side_effects = neutral_kl(self.model, arms, self._neutral_texts)
        seen = observe.after(self, seen)
        scored = recording.score_arms(self, self.scored, arms, evaluation, side_effects, seen)
        result = Result(scored, sink=self.sink)
        for arm in result.arms.values():
            self.sink(arm.record)
        return result

    def margin_shift(
        self, intervention: Intervention, directions: int = 39, samples: int = 96
    ) -> MarginShift:
        """Compare the vector's mean shift of the margin with that of random directions of equal norm.

        Args:
            intervention: The vector with layers and scale.
            directions: Number of random directions.
            samples: How many scored samples are taken, at even steps.
        """
        fitting = asking.fitting(self.model, self.scored, 1)
        asked = asking.ask(asking.evenly([one.sample for one in fitting], samples), self.question)
        shift = margin_shift(self.model, intervention, asked, self.question, directions)
        self.sink(recording.shift_record(self, intervention, asked, shift))
        return shift

    def _search(
        self,
        vector: SteeringVector,
        layers: Sequence[int],
        scales: Sequence[float],
        split: str,
        limit: int | None,
    ) -> Choice:
        every = asking.ask(self.samples(split, self.source), self.question)
        samples = [one.sample for one in asking.fitting(self.model, every, self.max_new_tokens)]
        asked = asking.ask(samples if limit is None else asking.evenly(samples, limit), self.question)
        searched = self.memo.setdefault(("searched", vector.sha256), [])
        searched.append((split, [one.sample for one in asked]))
        grid = [Intervention(vector, [layer], scale) for layer in layers for scale in scales]
        resumed = resuming.resumed_choice(self, grid, asked, split)
        if resumed is not None:
            return resumed
        choice = search(
            self.model,
            vector,
            asked,
            self.question,
            split=split,
            layers=layers,
            scales=scales,
            reader=self.reader,
            max_new_tokens=self.max_new_tokens,
        )
        for record in recording.search_records(self, vector, asked, choice):
            self.sink(record)
        return choice

    def _extract(
        self, pairs: Sequence[ContrastPair], method: str, layers: Sequence[int] | str
    ) -> SteeringVector:
        vector = extract(self.model, pairs, method, layers)
        ids = dict.fromkeys(pair.sample_id for pair in pairs)
        told = {
            **origin.made_from(self.model, vector.layers),
            "dataset": self.source,
            "contrast": ", ".join(sorted({pair.contrast for pair in pairs})),
            "sample_ids": ",".join(ids),
        }
        vector = replace(vector, provenance={**vector.provenance, **told})
        data = asking.data_hash(self.trained_on(vector))
        return replace(vector, provenance={**vector.provenance, "data": data})

    def _refuse_foreign(self, intervention: Intervention, seen: Mapping[str, Any]) -> None:
        if seen["foreign"] and not intervention.forced:
            raise VectorError(
                f"the vector was made for something else ({'; '.join(seen['foreign'])}); extract one from "
                f"{self.model.name}, or say Intervention(..., forced=True)"
            )

    def _record_failure(self, arms: Mapping[str, Intervention | None], seen: Mapping[str, Any]) -> None:
        for record in recording.failed_cells(self, self.scored, arms, seen):
            self.sink(record)

    def _evaluate(self, arms: Mapping[str, Intervention | None]) -> Evaluation:
        return evaluate(
            self.model,
            self.scored,
            arms,
            self.question,
            reader=self.reader,
            max_new_tokens=self.max_new_tokens,
            swapped=self._swapped,
        )

    @property
    def _swapped(self) -> Swapped | None:
        if not self.both_polarities:
            return None
        form = asking.opposite_form(self.question)
        return Swapped(asking.ask([one.sample for one in self.scored], form), form)

    def _timed(self, call: Callable[[], Evaluation]) -> Evaluation:
        return call() if self.timer is None else self.timer(call)

    @property
    def _identity(self) -> tuple[object, ...]:
        """What a remembered vector or search depends on beside its own arguments."""
        paths = tuple(sorted(self.data_paths.items()))
        asked = (self.source, self.form, self.reader, self.max_new_tokens)
        return (self.model.name, self.model.engine_name, *asked, paths)

    def _remembered(self, key: tuple[object, ...], make: Callable[[], Any]) -> Any:
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]

    def _watched(self, call: Callable[[], T]) -> T:
        """Call, and raise InterventionError when hooks or weights are not what they were before."""
        module = self.model.loaded.module
        hooks, weights = count_hooks(module), weights_state(module)
        found = call()
        if count_hooks(module) != hooks:
            raise InterventionError(f"{count_hooks(module) - hooks} hooks were left on {self.model.name}")
        if weights_state(module) != weights:
            raise InterventionError(f"the weights of {self.model.name} changed while it was steered")
        return found

    @cached_property
    def _neutral_texts(self) -> list[str]:
        return load_neutral()[:TEXTS]

    def _pairs_of(self, intervention: Intervention) -> list[ContrastPair]:
        return self.memo.get(("pairs", intervention.vector.sha256), [])  # type: ignore[no-any-return]

    def _refuse_scored(self, pairs: Sequence[ContrastPair]) -> None:
        known = load_dataset(self.source, paths=self.data_paths)
        refuse_scored(pairs, known, [one.sample for one in self.scored])
