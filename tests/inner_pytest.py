"""What a pytest that a test starts can do without: importing it would take most of that pytest's time."""

from __future__ import annotations

FEW_PLUGINS = ("-p", "no:benchmark", "-p", "no:hypothesispytest", "-p", "no:anyio")
