"""A behaviour that is one file, and a way of one's own from pairs to a direction, held against the usual one.

`spanish.json` says what is asked, how answers are scored and what the vector is made of. The method is the
first principal component of the pairs' differences; both methods add a direction of one norm. Dose and guard
were settled on the openings of the dev split, before those of the test split were written.
"""

from pathlib import Path

import pytest

from pytest_steering import Intervention, TextTask, extraction_method

SPANISH = TextTask.from_behaviour(Path(__file__).with_name("spanish.json"))
BLOCK = 13


@extraction_method
def main_difference(model, positive, negative, layers):
    """The first principal component of the differences, not centred, turned to the side of their mean."""
    import torch

    wanted, other = model.hidden_states(positive, layers), model.hidden_states(negative, layers)
    found = {}
    for layer in wanted:
        differences = (wanted[layer] - other[layer]).float()
        mean = differences.mean(dim=0)
        direction = torch.linalg.svd(differences, full_matrices=False).Vh[0]
        found[layer] = direction * torch.sign(direction @ mean) * mean.norm()
    return found


@pytest.mark.parametrize("method", ["mean_difference", "main_difference"])
@pytest.mark.steering(models=["smollm2"], task=SPANISH)
def test_openings_go_on_in_spanish(steering, contrast_pairs, method):
    vector = steering.extract(contrast_pairs, method=method, layers=[BLOCK])
    result = steering.run(
        Intervention(vector, [BLOCK], scale=0.75, positions="all"), controls=("random", "negated")
    )

    result.expect("language_es").rises(by=0.3)
    result.expect("language_es", "negated").at_most(0.2)
