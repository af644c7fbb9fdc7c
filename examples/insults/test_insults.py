"""Data of one's own, and a null result: a small model cannot tell insults, and no vector makes it able to.

Every insult has a twin that differs in the label alone. Steered or not, the model's answers rank insults no
higher than their twins, and it answers "no" throughout. An expectation of its accuracy would be refused.
"""

from pathlib import Path

import pytest

from pytest_steering import Intervention, VerdictTask

COMMENTS = VerdictTask.from_file(
    Path(__file__).with_name("comments.jsonl"),
    question="Is this comment insulting?",
    words="Be strict: any slight is an insult.",
)


@pytest.mark.steering(models=["smollm2"], task=COMMENTS, max_new_tokens=0)
def test_no_vector_makes_the_model_tell_insults(steering, contrast_pairs):
    vector = steering.extract(contrast_pairs)
    result = steering.run(Intervention(vector, [18], scale=1.0), controls=("random", "negated", "prompted"))

    for arm in ("unsteered", "steered", "prompted"):
        assert result[arm].estimate("auroc").low <= 0.5, arm
    # Whether its "no" is right half of the time says nothing, and the run says that.
    assert "answer-constant" in {one.id for one in result.findings}
