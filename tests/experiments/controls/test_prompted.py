from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering import Experiment, Intervention
from pytest_steering.comparison import estimated_change
from pytest_steering.errors import DataError
from pytest_steering.experiments.evaluation import likelihoods
from pytest_steering.records import Record, from_line, to_line
from pytest_steering.tasks.security.prompts.question_forms import CAREFUL_HEADERS
from tests.near import margin_rounding


def prompts_of(experiment: Experiment, header: str) -> list[str]:
    samples = [one.sample for one in experiment.scored]
    return [one.prompt for one in experiment.questions.ask(samples, header)]


def test_the_prompted_arm_asks_in_words_and_adds_nothing(
    experiment: Experiment, intervention: Intervention
) -> None:
    result = experiment.run(intervention, controls=("prompted",))
    prompted = result.arms["prompted"]
    header = prompted.record.spec["intervention"]["header"]
    expected = experiment.model.generate(
        prompts_of(experiment, header), max_new_tokens=experiment.context.max_new_tokens
    )

    assert list(result.arms) == ["unsteered", "steered", "prompted", "threshold"]
    assert [one.response for one in prompted.outcomes] == expected
    assert prompted.record.spec["intervention"] == {"header": header}
    assert header in CAREFUL_HEADERS
    assert set(prompted.record.provenance) == {"wordings", "chosen_on"}
    asked = {name: [one.prompt_sha256 for one in arm.outcomes] for name, arm in result.arms.items()}
    assert asked["unsteered"] == asked["steered"]
    assert not set(asked["prompted"]) & set(asked["unsteered"])
    record = prompted.record
    assert [record.prompts[one] for one in asked["prompted"]] == prompts_of(experiment, header)
    assert from_line(to_line(record)) == record


def test_what_the_words_move_is_measured_against_the_unsteered_answers(
    experiment: Experiment, intervention: Intervention
) -> None:
    result = experiment.run(intervention, controls=("prompted",))
    metrics = result.arms["prompted"].record.metrics

    assert result["prompted"]["balanced_accuracy"] == 1.0 > (result["unsteered"]["balanced_accuracy"] or 0)
    assert (metrics["changed_share"] or 0) > 0
    assert metrics["first_token_kl"] is None
    assert metrics["neutral_kl"] is None
    assert result.arms["steered"].record.metrics["neutral_kl"] is not None


def test_both_polarities_are_asked_in_words(experiment: Experiment, intervention: Intervention) -> None:
    named = replace(experiment, form="named", both_polarities=True)
    result = named.run(intervention, controls=("prompted",))
    header = result["prompted"].record.spec["intervention"]["header"]
    opposite = named.questions.ask_opposite(header)
    assert opposite is not None
    (expected,) = likelihoods(named.model, opposite, [None])

    assert [one.swapped_margin for one in result.arms["prompted"].outcomes] == pytest.approx(
        expected, abs=margin_rounding(named.model)
    )


def test_a_contrast_without_words_is_refused_before_anything_runs(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    code = replace(experiment, contrast="code")
    with pytest.raises(DataError, match=r"'prompted' puts words beside .* none for the contrast 'code'"):
        code.run(intervention, controls=("negated", "prompted"))
    assert not records


def test_words_are_refused_for_a_vector_that_is_to_bring_about_something_else(
    experiment: Experiment, intervention: Intervention
) -> None:
    vector = intervention.vector
    other = replace(vector, provenance={**vector.provenance, "contrast": "vulnerable − patched"})
    for steered in (replace(intervention, vector=other), replace(intervention, scale=-1.0)):
        with pytest.raises(DataError, match=r"says 'Review carefully\.', and the vector"):
            experiment.run(steered, controls=("prompted",))


def test_what_fits_only_without_the_words_is_left_out_of_comparisons(
    experiment: Experiment, intervention: Intervention
) -> None:
    texts = {header: prompts_of(experiment, header) for header in ("", CAREFUL_HEADERS[0])}
    plain, worded = (max(map(len, experiment.model.tokens(prompts))) for prompts in texts.values())
    assert plain < worded
    context = plain + experiment.context.max_new_tokens
    loaded = replace(experiment.model.loaded, context=context)
    tight = replace(experiment, model=replace(experiment.model, loaded=loaded))
    result = tight.run(intervention, controls=("prompted",))
    ran = len(result.arms["prompted"].run)

    assert 0 < ran < len(result.unsteered.run)
    assert result.against_unsteered("prompted").n == ran
    assert all(not after.skipped for _, after in result.flipped("prompted"))
    for metric in ("accuracy", "balanced_accuracy", "auroc"):
        assert estimated_change(result.arms["prompted"].against(result.unsteered), metric).samples == ran


def test_a_finished_prompted_arm_is_taken_from_its_record(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    first = experiment.run(intervention, controls=("prompted",))
    finished = {record.key: from_line(to_line(record)) for record in records}
    again = replace(experiment, finished=finished, memo={}).run(intervention, controls=("prompted",))

    assert again.arms["prompted"].outcomes == first.arms["prompted"].outcomes
    assert again.arms["prompted"].record is next(one for one in finished.values() if one.arm == "prompted")
