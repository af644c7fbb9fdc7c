"""What has to hold on more than one set of versions.

`nox -s oldest latest` runs the conformance suite: `oldest` meets blocks that return tuples, `latest` blocks
that return tensors. `nox -s loads` counts the loads of models on each supported line of pytest.
"""

from __future__ import annotations

import nox

FAMILIES = ("starcoder", "starcoder2", "qwen2")
PYTESTS = ("8.4.*", "9.0.*", "9.2.*")
SCHEDULING = [f"tests/plugin/test_{name}.py" for name in ("loads", "xdist", "scheduling")]

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


@nox.session
def loads(session: nox.Session) -> None:
    """Count how often models are loaded, serially and by two workers, on each supported line of pytest."""
    session.install("-c", "constraints.txt", "-e", ".[xdist]")
    for version in PYTESTS:
        session.install("--no-deps", f"pytest=={version}")
        session.run("pytest", "-m", "slow or not slow", *SCHEDULING, *session.posargs)
