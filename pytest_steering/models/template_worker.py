"""What the process does that renders chat templates: lines of JSON in, lines of JSON out, within limits."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

CPU_SECONDS = 4
"""Of the processor for one prompt; an honest template needs a millisecond."""

MOST_MIB = 512
"""Of memory, above what the process has when it is ready."""

MOST_CHARACTERS = 1 << 24


def serve() -> None:
    """Answer each line of the input; the first one, which is empty, once all is imported."""
    from transformers.tokenization_utils_base import PreTrainedTokenizerBase

    _limit_memory()
    for line in sys.stdin:
        _limit_time()
        request = json.loads(line) if line.strip() else {}
        sys.stdout.write(f"{json.dumps(_answer(PreTrainedTokenizerBase, request))}\n")
        sys.stdout.flush()


def rendered(kind: Any, request: Mapping[str, Any]) -> str:
    """Return what a template writes.

    Args:
        kind: The class of tokenizers that writes messages.
        request: `template`, `special` tokens by name, `messages`, and how the prompt `ends`.
    """
    tokenizer = kind(chat_template=request["template"], **request["special"])
    text: str = tokenizer.apply_chat_template(request["messages"], tokenize=False, **request["ends"])
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"it wrote {len(text):,} characters, more than {MOST_CHARACTERS:,}")
    return text


def _answer(kind: Any, request: Mapping[str, Any]) -> dict[str, str]:
    if not request:
        return {"text": ""}
    try:
        return {"text": rendered(kind, request)}
    except MemoryError:
        return {"error": f"it needs over {MOST_MIB} MiB of memory for one prompt"}
    except RecursionError:
        return {"error": "it calls itself without end"}
    except Exception as error:
        return {"error": str(error) or type(error).__name__}


def _limit_memory() -> None:
    """Systems other than Linux do not say how much a process has; there the clock alone ends it."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + (MOST_MIB << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        most = int(time.process_time()) + CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
