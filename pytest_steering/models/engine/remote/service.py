"""Where requests of the nnsight-remote engine go: NDIF, a server like it, or nnsight's simulation of one."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, first_line

if TYPE_CHECKING:
    from pytest_steering.models.loading.specs import ModelSpec

SIMULATED = "local"
"""Of NDIF_HOST: requests are written and read as for a server, and run in this process."""

_NDIF = "api.ndif.us"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+$")
_SECONDS = 30.0
_MOST_NAMED = 5
_OF_REQUESTS = frozenset({"httpx", "httpcore", "websocket", "nnsight", "pydantic_core", "huggingface_hub"})
"""Packages whose errors say what became of a request."""


@dataclass(frozen=True)
class Service:
    """A place that serves models.

    Attributes:
        host: Its address, or `SIMULATED`.
        key: Of its user; empty where there is none.
    """

    host: str
    key: str

    @property
    def simulated(self) -> bool:
        """Whether nothing leaves this process."""
        return self.host == SIMULATED

    def backend(self, model: Any) -> Any:
        """Return what nnsight hands a request to; it prints nothing.

        Args:
            model: nnsight's, which knows by which key the server has it.
        """
        if self.simulated:
            from nnsight.intervention.backends.local import LocalSimulationBackend

            return LocalSimulationBackend(model)
        from nnsight.intervention.backends.remote import RemoteBackend

        backend = RemoteBackend(model.to_model_key(), host=self.host, api_key=self.key)
        backend.verbose = backend.display.enabled = False
        return backend


def service_at_hand() -> Service:
    """Return the service that the environment or nnsight's own settings name.

    Raises:
        ModelError: nnsight is too old.
    """
    if find_spec("nnsight.intervention.backends.local") is None:
        raise ModelError("the nnsight-remote engine needs nnsight 0.8: pip install -U nnsight")
    from nnsight.schema.config import CONFIG

    host = os.environ.get("NDIF_HOST") or CONFIG.API.HOST
    return Service(host.rstrip("/"), os.environ.get("NDIF_API_KEY") or CONFIG.API.APIKEY or "")


def require_served(service: Service, spec: ModelSpec) -> None:
    """Ask a service whether it serves a model; a simulation serves what can be loaded here.

    Raises:
        ModelError: There is no key, nobody answers, or the model is not among those that are served now.
    """
    if service.simulated:
        return
    if not service.key and _NDIF in service.host:
        raise ModelError(
            "the nnsight-remote engine needs a key of NDIF: get one at https://login.ndif.us and set "
            "NDIF_API_KEY; NDIF_HOST=local simulates a server here, without one"
        )
    if spec.embedded or spec.gguf or not _HUB_ID.match(spec.source) or Path(spec.source).is_dir():
        raise ModelError(
            f"{service.host} serves models by their id on the Hugging Face hub, and {spec.name!r} is a "
            "folder here; use the hooks engine, or NDIF_HOST=local for a simulation"
        )
    served = _served(service)
    if spec.source.lower() not in {one.lower() for one in served}:
        raise ModelError(f"{service.host} does not serve {spec.source!r} now; {_named(served)}")


def _served(service: Service) -> list[str]:
    """Return the ids of the models that run there."""
    import httpx

    try:
        answer = httpx.get(f"{service.host}/status", timeout=_SECONDS).raise_for_status().json()
        found = answer["deployments"].values()
        return sorted({one["repo_id"] for one in found if one.get("application_state") == "RUNNING"})
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelError(_unreached(service, error)) from error


def _named(served: list[str]) -> str:
    if not served:
        return "no model runs there just now: try again later"
    more = f" and {len(served) - _MOST_NAMED} more" if len(served) > _MOST_NAMED else ""
    return f"it serves {', '.join(served[:_MOST_NAMED])}{more}: name one of these, or use the hooks engine"


def _unreached(service: Service, error: BaseException) -> str:
    return (
        f"{service.host} does not say what it serves ({type(error).__name__}: {first_line(error)}); is it "
        "down, or is NDIF_HOST another one's address?"
    )


@contextmanager
def asking(service: Service) -> Iterator[None]:
    """Say in a sentence what became of a request that failed on its way or on the server.

    nnsight's simulation hides what a server has not got, and puts the search path back in another order.

    Raises:
        ModelError: Within the block an error of nnsight or of the connection was raised.
    """
    path = list(sys.path)
    try:
        yield
    except Exception as error:
        if not (isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _OF_REQUESTS):
            raise
        raise ModelError(
            f"a request to {service.host} failed ({type(error).__name__}: {first_line(error)}); what was "
            "recorded is kept: go on with --steering-resume when the server answers again"
        ) from error
    finally:
        sys.path[:] = path
