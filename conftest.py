from __future__ import annotations

import re

import pytest

pytest_plugins = ["pytester"]

# What a plain run leaves out; naming one in -m runs it.
LEFT_OUT = {
    "slow": "takes more than a few seconds",
    "gpu": "needs a CUDA device",
    "performance": "measures speed; its numbers hold for an idle machine alone",
}


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in LEFT_OUT.items():
        config.addinivalue_line("markers", f"{name}: {meaning}; left out unless -m names it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    named = set(re.findall(r"\w+", config.getoption("markexpr")))
    left_out = [item for item in items if _left_out(item, named)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not _left_out(item, named)]


def _left_out(item: pytest.Item, named: set[str]) -> bool:
    return any(item.get_closest_marker(name) for name in LEFT_OUT.keys() - named)
