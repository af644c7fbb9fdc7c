"""What a record says of the vector that was applied."""

from __future__ import annotations

import json

from pytest_steering.experiments.cell_spec import provenance_of
from pytest_steering.extraction.directions import extract
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tests.extraction.test_directions import PAIRS, LengthReader
from tests.tiny import random_vector


def test_a_record_says_how_far_the_pairs_agree_at_the_steered_blocks() -> None:
    vector = extract(LengthReader(), PAIRS)
    said = json.loads(json.dumps(provenance_of(Intervention(vector, [1]))))
    assert said["reliability"] == {"1": vector.reliability[1].as_dict()}
    assert said["position"] == "last_prompt"


def test_of_a_vector_whose_pairs_nobody_looked_at_it_says_nothing() -> None:
    vector = SteeringVector(random_vector().directions)
    assert "reliability" not in provenance_of(Intervention(vector))
    assert provenance_of(None) == {}
