"""Mutants that no run can tell from the code, by file, code and mutant, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

EQUIVALENT: Mapping[tuple[str, str, str], str] = {}
