"""One experiment on one model: extract a vector, search its layer and scale, run it beside its controls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pytest_steering.comparison.metrics import require_free
from pytest_steering.errors import DataError
from pytest_steering.experiment_options import CHECKS, require_known
from pytest_steering.experiments.context import Context
from pytest_steering.experiments.equal_effect import of_equal_effect
from pytest_steering.experiments.grid_search import DEFAULT_SCALES, Choice
from pytest_steering.experiments.neutral_texts import load_neutral
from pytest_steering.experiments.null_shifts import MarginShift
from pytest_steering.experiments.questions import Questions
from pytest_steering.experiments.required_kinds import require_intervention
from pytest_steering.experiments.search_methods.every_method import GRID, MethodName
from pytest_steering.experiments.search_methods.preference import Toward
from pytest_steering.experiments.side_effects import NEUTRAL_TEXTS
from pytest_steering.experiments.steps.calibration import calibrate, calibrated
from pytest_steering.experiments.steps.dose_response import margin_doses
from pytest_steering.experiments.steps.margin_shift import margin_shift
from pytest_steering.experiments.steps.run import run_arms
from pytest_steering.experiments.steps.search import choose
from pytest_steering.experiments.steps.vector_extraction import extract_vector, training_pairs
from pytest_steering.extraction.directions import of_pairs
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.joint import AnyIntervention, is_intervention
from pytest_steering.tasks.task_registry import find_task

if TYPE_CHECKING:
    from pytest_steering.comparison import Arm
    from pytest_steering.experiments.margin_threshold import Calibration
    from pytest_steering.experiments.result import Result
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.extraction.reading_places import At
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.records import Record
    from pytest_steering.statistics import DoseResponse
    from pytest_steering.steering.positions import PositionsLike
    from pytest_steering.steering.vector import SteeringVector
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.sample import Sample
    from pytest_steering.tasks.task import Task


def _keep_nothing(_record: Record) -> None:
    return None


@dataclass
class Experiment:
    """One experiment on one model; every cell it runs is handed to `sink` as a record.

    Attributes:
        model: The model.
        task: What is asked and how answers are scored: a task, or the name of one. `twins` where neither
            this nor `dataset` says anything.
        split: The split that is scored.
        form: How it is asked, where the task knows several ways; its usual one where it is empty.
        reader: Who reads the answers, where the task knows several; its usual one where it is empty.
        max_new_tokens: At most this many for each answer; None leaves it to the task.
        stop: `length` lets an answer run to its end; `verdict` ends it once it is decided; the task says
            where it is empty.
        data_paths: Where data lies that is not embedded.
        both_polarities: Take margins of the opposite question too, so that a leaning to "yes" cancels.
        site: Where within its blocks the model is read and steered, such as `mlp_output`; where it is empty,
            as the model is given.
        limit: Score at most this many samples, taken at even steps; None for all.
        vectors_from: The task that contrast pairs are made of, and layer and scale searched on; the scored
            one where it is empty.
        contrast: In what pairs differ, where the task knows several contrasts; its usual one where it is
            empty.
        dataset: The name of the task, as tests of labelled code give it.
        name: Of the experiment, in records.
        node_id: Of the test, in records.
        sink: Gets each record as soon as its cell is done.
        finished: Records of this test's cells in the run that is gone on with, by key.
        timer: Calls the scored run; pytest-benchmark's `pedantic` can stand here.
        memo: Keeps what is the same whoever asks for it; experiments may share one, and no record tells.
        searches: What was searched in this experiment; a run over the same samples is told of it.
        vectors: What was extracted in this experiment, and from which model as it was, by hash.
    """

    model: SteerableModel
    task: Task | str = ""
    split: str = "test"
    form: str = ""
    reader: str = ""
    max_new_tokens: int | None = None
    stop: str = ""
    data_paths: Mapping[str, Path] = field(default_factory=dict)
    limit: int | None = None
    vectors_from: Task | str = ""
    contrast: str = ""
    both_polarities: bool = False
    dataset: str = ""
    site: str = ""
    name: str = ""
    node_id: str = ""
    sink: Callable[[Record], None] = _keep_nothing
    finished: Mapping[str, Record] = field(default_factory=dict, repr=False)
    timer: Callable[[Callable[[], Any]], Any] | None = None
    memo: MutableMapping[tuple[object, ...], Any] = field(default_factory=dict, repr=False)
    searches: list[tuple[str, list[Sample]]] = field(default_factory=list, repr=False)
    vectors: dict[str, tuple[Hashable, SteeringVector]] = field(default_factory=dict, repr=False)
    _asked: Questions | None = field(default=None, init=False, repr=False, compare=False)
    _calls: Counter[str] = field(default_factory=Counter, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.site:
            self.model = self.model.at(self.site)

    @property
    def questions(self) -> Questions:
        """What the model is asked; the same as before unless an attribute was changed since."""
        require_known({name: getattr(self, name) for name in CHECKS if hasattr(self, name)})
        task = self._named(self._scored_name())
        asked = Questions(
            tokenizer=self.model.loaded.tokenizer,
            task=task,
            source=self._named(self.vectors_from) if self.vectors_from else task,
            split=self.split,
            limit=self.limit,
            both_polarities=self.both_polarities,
            data_paths=self.data_paths,
        )
        if self._asked != asked:
            require_free(one.name for one in task.scores)
            self._asked = asked
        return self._asked

    @property
    def context(self) -> Context:
        """What the steps of this experiment are handed."""
        questions = self.questions
        usual = questions.task.generation
        return Context(
            model=self.model,
            questions=questions,
            max_new_tokens=usual.max_new_tokens if self.max_new_tokens is None else self.max_new_tokens,
            stop=self.stop or usual.stop,
            name=self.name,
            node_id=self.node_id,
            sink=self.sink,
            finished=self.finished,
            timer=self.timer,
            memo=self.memo,
            searches=self.searches,
            vectors=self.vectors,
        )

    @property
    def scored(self) -> list[Asked]:
        """The scored samples with their prompts."""
        return self.questions.scored

    def samples(self, split: str) -> list[Sample]:
        """Return the samples of a split of the scored task; raises DataError where there are none."""
        return self.questions.task.samples(split)

    def contrast_pairs(self, count: int = 64) -> list[ContrastPair]:
        """Return pairs over training samples that share nothing with the scored ones.

        Args:
            count: Number of pairs.

        Raises:
            DataError: No training sample can be used, or there is no such contrast.
        """
        return training_pairs(self.context, count)

    def extract(
        self,
        pairs: Sequence[ContrastPair],
        method: str = "mean_difference",
        layers: Sequence[int] | str = "all",
        at: At = "last_prompt",
    ) -> SteeringVector:
        """Return the direction of the pairs at each layer, and remember the pairs for the shuffled control.

        Args:
            pairs: Contrast pairs, none of them about a scored sample.
            method: One of those in docs/howto/method.md, or your own; see `extraction_method`.
            layers: Block numbers, `last3` or `all`.
            at: Where states are read: `last_prompt`; `answer_mean`, the mean over what follows the beginning
                that a pair shares; `marked:TEXT`, the token that TEXT ends in; positions such as
                `prompt[-4:]` or a function from token ids to truth values, the mean over those they name.

        Raises:
            DataError: A pair is about a scored sample.
        """
        return extract_vector(self.context, pairs, method, layers, at)

    def search(
        self,
        vector: SteeringVector,
        layers: Sequence[int] | None = None,
        scales: Sequence[float] = DEFAULT_SCALES,
        split: str = "dev",
        limit: int | None = None,
        forced: bool = False,
        toward: Toward | None = None,
        positions: PositionsLike = "last",
        *,
        method: MethodName = GRID,
        budget: int | None = None,
        seed: int = 0,
    ) -> Choice:
        """Return the layer and scale that answer best on a split that is not scored.

        Of a task about accuracy that is the most right answers; of others, the mean of their number furthest
        the wanted way, among points whose answers keep to the task's guards.

        Args:
            vector: Tried at each of its layers.
            layers: Only these.
            scales: Tried at each layer.
            split: Where to look, in the data set that vectors come from.
            limit: Look at this many samples, taken evenly; None for all.
            forced: Search with a vector that was made for something else; the records say so.
            toward: `higher` or `lower`: which way the task's number is to go; its better way by default.
            positions: Which tokens are steered, as the intervention will have it.
            method: `grid` looks at every layer and scale; `tpe` at as many points as the budget says,
                proposed by Optuna at these layers and any scale between the smallest and the largest, with
                the guards as constraints; `halving` at the grid, on few samples for all points and on all
                for the best.
            budget: Of `tpe` how many points at most (32 by default); of `halving` the most work, in points
                that are asked all samples (by default as little as halving can do).
            seed: Of `tpe`: the same seed on the same model proposes the same points.

        Raises:
            VectorError: The vector was made for another model and is not forced.
            DataError: The split is the one that is scored, no point was given, none keeps to the guards, or
                the method cannot be used so.
        """
        return choose(
            self._next("search"),
            vector,
            layers,
            scales,
            split,
            limit,
            forced,
            toward,
            positions,
            method=method,
            budget=budget,
            seed=seed,
        )

    def run(
        self,
        intervention: AnyIntervention,
        controls: Sequence[str] | None = None,
        *,
        doses: Sequence[float] = (),
        claim: float | None = None,
        pairs: Sequence[ContrastPair] = (),
    ) -> Result:
        """Score the intervention beside the unsteered model and its controls, vectors in shared batches.

        Args:
            intervention: What is added, where and when.
            controls: Out of `zero`, `random`, `random_matched` (as the states vary), `random_halves` (of the
                vector's prompts), `negated`, `shuffled`, `unembedding`, `foreign` (of another contrast);
                `prompted`: asked in words for what the vector is to bring about, and nothing added;
                `threshold`: the unsteered margins above a cut that was fitted on dev, which stands beside any
                others. None for the usual ones: a run goes without those that its vector or task cannot
                have, and a finding names them.
            doses: Parts of the scale that are scored too, each as an arm `dose:<part>`.
            claim: The change that the run is to show, as a share where its task is about accuracy, else in
                the unit of the number that it is about; with too few samples for it the run has a finding.
                None claims ten points of accuracy, and nothing of another number.
            pairs: What the vector was made of, for controls that read it again: a vector that was read from
                a file does not know.

        Raises:
            InterventionError: What was written is not what was asked for, or the model was left changed; the
                record of the cell names it all the same.
            VectorError: The intervention does not fit the model, or was made for another and is not forced.
            DataError: `prompted` is asked for, and no words ask for what the vector is to bring about; or the
                pairs are others than the vector says, or are given for several vectors.
        """
        made = _of_pairs(intervention, pairs) if pairs and is_intervention(intervention) else intervention
        return run_arms(self._next("run"), made, controls, doses, claim)

    def of_equal_effect(self, intervention: AnyIntervention, target: float) -> AnyIntervention:
        """Return the intervention at the scale that disturbs neutral texts by a given amount.

        Args:
            intervention: Its own scale is not used.
            target: 95th percentile of KL(steered ‖ unsteered) a token on neutral texts, in nats, above 0.

        Raises:
            VectorError: The target is not above 0, or is not reached.
        """
        require_intervention(intervention)
        return of_equal_effect(self.model, [intervention], load_neutral()[:NEUTRAL_TEXTS], target)[0]

    def dose_response(
        self,
        intervention: AnyIntervention,
        parts: Sequence[float] = (0.25, 0.5, 0.75, 1.0),
        directions: int = 19,
        samples: int = 96,
        aim: int | None = None,
    ) -> DoseResponse:
        """Return how the margin follows the scale, item by item and beside null directions; one record.

        Its slope is the steerability of Tan et al. (2024), with 95 % intervals of the slope and of the share
        of items that move the wrong way.

        Args:
            intervention: The vector with layers and its whole scale.
            parts: Shares of the scale; 0 is added.
            directions: Number of directions of each null, of equal norm; see `margin_shift`.
            samples: How many scored samples are taken, at even steps.
            aim: 1 where steering is to raise the margin, -1 where it is to lower it; None for the way that
                most of it goes: then its slope alone tells whether that is the wanted one.

        Raises:
            VectorError: The vector was made for another model and is not forced.
        """
        return margin_doses(self._next("dose_response"), intervention, parts, directions, samples, aim)

    def margin_shift(
        self,
        intervention: AnyIntervention,
        directions: int = 39,
        samples: int = 96,
        equal: Literal["norm", "kl"] = "norm",
    ) -> MarginShift:
        """Compare the vector's mean shift of the margin with that of directions that mean nothing.

        They are drawn uniformly, with the covariance of the states that are
        steered, between random halves of the vector's prompts, and from its pairs under shuffled labels. Each
        null has a rank p, and the largest of them is the vector's: a draw of any of them falls below α with a
        chance of at most α.

        Args:
            intervention: The vector with layers and scale.
            directions: Number of directions of each null.
            samples: How many scored samples are taken, at even steps.
            equal: What all of them have in common: the `norm` at each layer, or the `kl`, for which each
                direction gets the scale that disturbs neutral texts as the vector does.

        Raises:
            VectorError: The vector was made for another model and is not forced, or a direction does not
                disturb neutral texts as it does at any scale.
        """
        return margin_shift(self._next("margin_shift"), intervention, directions, samples, equal)

    def calibrate(
        self,
        method: str = "threshold",
        intervention: AnyIntervention | None = None,
        split: str = "dev",
        limit: int | None = None,
    ) -> Calibration:
        """Fit a threshold on the margin, on a split that is not scored.

        Args:
            method: `threshold`, the cut with the best balanced accuracy; or `content-free`.
            intervention: The arm it is for; None for the unsteered model.
            split: Where to fit, in the data set that vectors come from.
            limit: Fit on this many samples, taken evenly; None for all.

        Raises:
            DataError: The split is scored, the method is not known, or (for `threshold`) a class is missing.
        """
        return calibrate(self.context, method, intervention, split, limit)

    def calibrated(self, arm: Arm, fitted: Calibration) -> Arm:
        """Return an arm whose verdicts are those of its margins above a threshold; one record.

        Args:
            arm: Its margins are judged.
            fitted: For that arm.
        """
        return calibrated(self.context, arm, fitted)

    def _next(self, step: str) -> Context:
        """Return the context of a step's next call."""
        self._calls[step] += 1
        return replace(self.context, ordinal=self._calls[step])

    def _scored_name(self) -> Task | str:
        if self.task and self.dataset:
            raise DataError(
                f"task={self.task!r} and dataset={self.dataset!r} both say what is scored; leave one out"
            )
        return self.task or self.dataset or "twins"

    def _named(self, task: Task | str) -> Task:
        given = {"form": self.form, "reader": self.reader, "contrast": self.contrast}
        options = {name: value for name, value in given.items() if value}
        if isinstance(task, str):
            return find_task(task, paths=self.data_paths, **options)
        return task.with_options(**options)


def _of_pairs(intervention: AnyIntervention, pairs: Sequence[ContrastPair]) -> Intervention:
    """Return an intervention whose vector knows the pairs that it was made of."""
    if len(intervention.parts) > 1:
        raise DataError(
            f"pairs= are those of one vector, and the intervention has {len(intervention.parts)} parts; "
            "extract its vectors in this experiment, which remembers their pairs"
        )
    (one,) = intervention.parts
    return replace(one, vector=of_pairs(one.vector, pairs))
