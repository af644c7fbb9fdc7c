"""SecLLMHolmes (Ullah et al. 2024): hand-crafted, augmented and real-world code, with reasons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.sample_checks import check_unique
from pytest_steering.tasks.security.code_sample import with_metadata
from pytest_steering.tasks.security.datasets.published import Expected, check
from pytest_steering.tasks.security.datasets.secllmholmes import layout
from pytest_steering.tasks.security.datasets.secllmholmes.faults import with_known_faults
from pytest_steering.tasks.security.datasets.secllmholmes.published_files import (
    COMMIT,
    PUBLISHED,
    FewShot,
    SecLLMHolmes,
)

__all__ = ["PUBLISHED", "FewShot", "SecLLMHolmes", "load_secllmholmes", "read_secllmholmes"]


def load_secllmholmes(path: Path, expect: Expected | None = PUBLISHED) -> list[Sample]:
    """Return the 228 scenarios of the published folder.

    Args:
        path: The repository's folder, or its `datasets` folder.
        expect: What the folder must hold; None for a folder of one's own with this layout.

    Raises:
        DataError: As `read_secllmholmes`.
    """
    return list(read_secllmholmes(path, expect).samples)


def read_secllmholmes(path: Path, expect: Expected | None = PUBLISHED) -> SecLLMHolmes:
    """Return everything in a folder of SecLLMHolmes' layout.

    Args:
        path: The repository's folder, or its `datasets` folder.
        expect: What the folder must hold; None for a folder of one's own with this layout, whose samples
            then carry neither the published commit nor the faults known of it.

    Raises:
        DataError: The folder has another layout, a code lacks its reason, a file is not UTF-8, or the counts
            or codes are not those expected.
    """
    found = _read(layout.find_root(path))
    check_unique(path, found.everything())
    if expect is None:
        return found
    check("SecLLMHolmes", path, found.everything(), found.counts(), expect)
    return _mapped(found, lambda sample: with_known_faults(with_metadata(sample, dataset_commit=COMMIT)))


def _read(root: Path) -> SecLLMHolmes:
    parts = (layout.hand_crafted, layout.trivial, layout.non_trivial, layout.real_world)
    return SecLLMHolmes(
        samples=tuple(sample for part in parts for sample in part(root)),
        before_augmentation=tuple(layout.before_augmentation(root)),
        few_shot=tuple(layout.few_shot(root)),
    )


def _mapped(found: SecLLMHolmes, change: Callable[[Sample], Sample]) -> SecLLMHolmes:
    return SecLLMHolmes(
        samples=tuple(map(change, found.samples)),
        before_augmentation=tuple(map(change, found.before_augmentation)),
        few_shot=tuple(FewShot(change(shot.sample), shot.steps) for shot in found.few_shot),
    )
