"""A result that is held: accepted once, and compared sample by sample in every run after that.

    pytest security_gate                                            passes, fails, or says what it cannot tell
    pytest security_gate --steering-accept --steering-reason "…"    makes the run's result the accepted one

The model is a small one that comes with the package, as does the data set of vulnerable and patched code; the
accepted result is `baselines/starcoder2/test_the_judgement_holds.json`, which a reviewer reads like code.
"""

import pytest

from pytest_steering import Intervention


@pytest.mark.steering(models=["starcoder2"], task="twins", split="test", limit=80)
def test_the_judgement_holds(steering, contrast_pairs):
    vector = steering.extract(contrast_pairs)
    choice = steering.search(vector, layers=[1, 2])
    result = steering.run(Intervention(vector, [choice.layer], choice.scale), controls=("random",))

    result.expect("accuracy").improves(by=0.1)
    result.expect_baseline()
