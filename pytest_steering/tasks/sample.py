"""One thing that a model is asked about, as every task hands it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_steering.texts.text_hash import text_hash

Message = dict[str, str]


@dataclass(frozen=True)
class Sample:
    """One thing that a model is asked about.

    Attributes:
        id: Unique within the data set.
        text: What is asked about; of a conversation, its messages one after the other.
        messages: The conversation, where it is one: `{"role": …, "content": …}` each.
        label: 1 when the asked property is present, 0 when it is absent, None where there is no label.
        group: What results are broken down by, such as a topic; empty without one.
        pair_id: Shared by two samples that differ in the label alone; None without a twin.
        cluster: Shared by samples that are not independent, where these are more than a pair.
        base_id: The sample that this one is a variation of, such as a paraphrase; neither is scored under a
            vector that was made from the other.
        split: `train`, `dev`, `test` or a name of the data set's own.
        metadata: What else is known of it.
        dataset: Name of the data set.
        sha256: Hash of the text as UTF-8.
    """

    id: str
    text: str = ""
    label: int | None = None
    group: str = ""
    pair_id: str | None = None
    cluster: str | None = None
    base_id: str | None = None
    split: str = "test"
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    messages: tuple[Message, ...] = field(default=(), hash=False)
    dataset: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        if self.messages and not self.text:
            object.__setattr__(self, "text", "\n\n".join(one["content"] for one in self.messages))
        if not self.sha256:
            object.__setattr__(self, "sha256", text_hash(self.text))

    @property
    def expected(self) -> str:
        """The right answer: `yes`, `no`, or nothing without a label."""
        return "" if self.label is None else "yes" if self.label else "no"

    @property
    def resampled_with(self) -> str:
        """Name of the cluster that a bootstrap draws whole."""
        return self.cluster or self.pair_id or self.id
