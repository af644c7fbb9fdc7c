from __future__ import annotations

import subprocess
import sys


def test_no_heavy_library_is_loaded_before_a_number_needs_it() -> None:
    security = ("datasets", "prompts.study_prompts")
    rooms = ("comparison", "findings", "replay", *(f"tasks.security.{room}" for room in security))
    code = "; ".join(f"import pytest_steering.{room}" for room in rooms)
    heavy = "{'torch', 'transformers', 'nnsight', 'pandas', 'scipy', 'numpy', 'datasets', 'tabulate'}"
    check = f"import sys; {code}; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
