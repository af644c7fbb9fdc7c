"""The conformance suite on the oldest and the latest versions: `nox -s oldest latest`.

`oldest` meets blocks that return tuples, `latest` blocks that return tensors.
"""

from __future__ import annotations

import nox

FAMILIES = ("starcoder", "starcoder2", "qwen2")

nox.options.sessions = ["latest", "oldest"]


def _conform(session: nox.Session, constraints: str, *models: str) -> None:
    session.install("-c", constraints, "-e", ".")
    chosen = [option for model in models for option in ("--steering-model", model)]
    session.run("pytest", "--steering-conformance", *chosen, *session.posargs)


@nox.session
def latest(session: nox.Session) -> None:
    """Run the suite on each embedded family with the newest versions."""
    _conform(session, "constraints.txt", *FAMILIES)


@nox.session
def oldest(session: nox.Session) -> None:
    """Run the suite on each embedded family with the oldest versions that support them."""
    _conform(session, "constraints-oldest.txt", *FAMILIES)


@nox.session
def oldest_smoke(session: nox.Session) -> None:
    """Run the suite on one family with the oldest versions."""
    _conform(session, "constraints-oldest.txt", "starcoder2")
