"""What the benchmark files share."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pytest_steering import ContrastPair, Experiment, Intervention


@pytest.fixture
def chosen(steering: Experiment, contrast_pairs: Sequence[ContrastPair]) -> Intervention:
    """Return the careful − default direction at the layer and scale that are best on the dev split."""
    vector = steering.extract(contrast_pairs)
    choice = steering.search(vector)
    return Intervention(vector, layers=[choice.layer], scale=choice.scale)
