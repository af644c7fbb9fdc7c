"""The extraction by repeng or steering-vectors, as JSON; run by test_extraction.py as peers.py is."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.performance.workloads import random_module, random_prompts, timed, word_tokenizer

BATCH = 32

Pairs = Sequence[tuple[str, str]]


def by_repeng(module: Any, tokenizer: Any, pairs: Pairs) -> None:
    from repeng import ControlVector, DatasetEntry  # type: ignore[import-not-found]

    entries = [DatasetEntry(positive, negative) for positive, negative in pairs]
    ControlVector.train(module, tokenizer, entries, batch_size=BATCH)


def by_steering_vectors(module: Any, tokenizer: Any, pairs: Pairs) -> None:
    from steering_vectors import train_steering_vector  # type: ignore[import-not-found]

    train_steering_vector(module, tokenizer, list(pairs), batch_size=BATCH)


EXTRACTORS: dict[str, Callable[[Any, Any, Pairs], None]] = {
    "repeng": by_repeng,
    "steering-vectors": by_steering_vectors,
}


def main(peer: str, count: int) -> None:
    both = random_prompts(2 * count, 100)
    module, tokenizer = random_module(), word_tokenizer()
    pairs = list(zip(both[::2], both[1::2], strict=True))
    spent, _ = timed(lambda: EXTRACTORS[peer](module, tokenizer, pairs))
    print(json.dumps(vars(spent)))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
