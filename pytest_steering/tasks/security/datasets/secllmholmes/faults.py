"""What is known to be wrong in SecLLMHolmes, found by reading its code and reasons."""

from __future__ import annotations

from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.code_sample import LABEL_DOUBTFUL, REASON_DOUBTFUL, with_metadata

_SHELL = "the patch filters ; | & $ and lets a newline or a backquote through to the shell"

STILL_VULNERABLE = {
    "hand-crafted/CWE-77/p_1.c": _SHELL,
    "hand-crafted/CWE-77/p_2.c": _SHELL,
    "hand-crafted/CWE-77/p_3.c": _SHELL,
    "hand-crafted/CWE-787/p_3.c": "the copy has no terminator, strcpy may write past 64 bytes",
    "hand-crafted/CWE-190/p_2.c": "only sums above INT_MAX are caught; negative numbers go below INT_MIN",
    "hand-crafted/CWE-476/p_3.c": "the results of malloc are used without a check",
}

_OTHER_WEAKNESS = {
    "non-trivial/A1/CWE-416/": "CWE-787",
    "before-augmentation/A1/CWE-416/": "CWE-787",
    "non-trivial/A4/CWE-416/": "CWE-787",
    "non-trivial/A6/CWE-22/": "CWE-787",
    "before-augmentation/A6/CWE-22/": "CWE-787",
}


def with_known_faults(sample: Sample) -> Sample:
    """Return the sample with its label or reason marked where a fault is known, else unchanged.

    An augmentation keeps what the code does, so it inherits the fault of the scenario it was made from.
    """
    base = sample.metadata.get("base_id")
    fault = STILL_VULNERABLE.get(base or sample.id)
    if fault is not None:
        origin = f" (in {base}, which this was made from)" if base else ""
        note = f"labelled patched, yet {sample.group} is still there{origin}: {fault}"
        return with_metadata(sample, label_status=LABEL_DOUBTFUL, label_notes=_and_reason(sample, note))
    reason = _reason_fault(sample)
    return with_metadata(sample, label_status=REASON_DOUBTFUL, label_notes=reason) if reason else sample


def _and_reason(sample: Sample, note: str) -> str:
    return "; ".join(filter(None, (note, _reason_fault(sample))))


def _reason_fault(sample: Sample) -> str | None:
    other = next((cwe for prefix, cwe in _OTHER_WEAKNESS.items() if sample.id.startswith(prefix)), None)
    return f"the reason argues about {other}, not {sample.group}" if other else None
