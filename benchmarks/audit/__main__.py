"""Writes what names each faked experiment: `python -m benchmarks.audit --write docs/trust.md`."""

from __future__ import annotations

from benchmarks.audit.table import sections
from benchmarks.gate.marked_tables import Marks, tables_command

AUDIT = Marks("audit", "python -m benchmarks.audit")

if __name__ == "__main__":
    tables_command(AUDIT, sections, "Run every experiment of the audit", None)
