"""All experiments of the audit, by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.audit.case import Case
from benchmarks.audit.gates import GATES
from benchmarks.audit.groups import GROUPS
from benchmarks.audit.honest import HONEST
from benchmarks.audit.honest_tasks import HONEST_TASKS
from benchmarks.audit.leaks import LEAKS
from benchmarks.audit.nulls import NULLS
from benchmarks.audit.readers import READERS
from benchmarks.audit.sessions import SESSIONS
from benchmarks.audit.text_form import TEXT_FORM

FAKED: Mapping[str, Sequence[Case]] = {
    "leaks": LEAKS,
    "nulls and rivals": NULLS,
    "groups and copies": GROUPS,
    "form of the text": TEXT_FORM,
    "reader and model": READERS,
    "records and session": SESSIONS,
    "gate": GATES,
}
EARNED: Mapping[str, Sequence[Case]] = {"twins": HONEST, "tasks of one's own": HONEST_TASKS}
