"""What SecLLMHolmes holds, and what its published version must hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.datasets.published import Expected

COMMIT = "9421928845d1f1f907946d7a70a6a57d62a163d8"
LICENSE = "GPL-3.0"

PUBLISHED = Expected(
    counts={
        "scenarios": 228,
        "vulnerable": 117,
        "patched": 111,
        "twin pairs": 39,
        "hand-crafted vulnerable": 24,
        "hand-crafted patched": 24,
        "trivial vulnerable": 42,
        "trivial patched": 42,
        "non-trivial vulnerable": 36,
        "non-trivial patched": 30,
        "real-world vulnerable": 15,
        "real-world patched": 15,
        "few-shot": 16,
        "before augmentation": 66,
    },
    fingerprint="2549bd2878edb02aeca332504c1d8ac64c45423be5ea1f3292474ea577c8d235",
    source=f"the folder datasets of ai4cloudops/SecLLMHolmes at commit {COMMIT[:7]}",
)


@dataclass(frozen=True)
class FewShot:
    """A worked example for prompts; never scored.

    Attributes:
        sample: The code, its label and a short reason.
        steps: The reasoning step by step.
    """

    sample: Sample
    steps: str


@dataclass(frozen=True)
class SecLLMHolmes:
    """The whole folder.

    Attributes:
        samples: The scenarios that are scored.
        before_augmentation: The code that the non-trivial augmentations were made from; most are copies of
            hand-crafted scenarios, so they are not scored beside them.
        few_shot: Worked examples, a vulnerable and a patched one for each weakness.
    """

    samples: tuple[Sample, ...]
    before_augmentation: tuple[Sample, ...]
    few_shot: tuple[FewShot, ...]

    def everything(self) -> list[Sample]:
        """Return all samples, scored or not."""
        return [*self.samples, *self.before_augmentation, *(shot.sample for shot in self.few_shot)]

    def counts(self) -> dict[str, int]:
        """Return the number of samples by name, as in `PUBLISHED.counts`."""
        roles = Counter(_role(sample) for sample in self.samples)
        parts = Counter(f"{sample.metadata['subset']} {_role(sample)}" for sample in self.samples)
        return {
            "scenarios": len(self.samples),
            **roles,
            "twin pairs": len({sample.pair_id for sample in self.samples if sample.pair_id}),
            **parts,
            "few-shot": len(self.few_shot),
            "before augmentation": len(self.before_augmentation),
        }


def _role(sample: Sample) -> str:
    return "vulnerable" if sample.label else "patched"
