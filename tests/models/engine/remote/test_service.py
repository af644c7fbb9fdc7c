"""What a person is told when nobody serves the model: each in a sentence, and nothing leaves this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pytest_steering.errors import InterventionError, ModelError
from pytest_steering.models.engine.remote.service import Service, asking, require_served, service_at_hand
from pytest_steering.models.loading.specs import ModelSpec

pytest.importorskip("nnsight.intervention.backends.local", reason="the simulation needs nnsight 0.8")

LLAMA = ModelSpec("llama", "meta-llama/Llama-3.1-70B")


@pytest.fixture
def answer() -> Iterator[tuple[str, list[bytes]]]:
    """A server on this machine, and what it says of itself."""
    said: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said[0])

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", said
    server.shutdown()
    server.server_close()


def deployments(*ids: str, state: str = "RUNNING") -> bytes:
    served = {one: {"repo_id": one, "application_state": state} for one in ids}
    return json.dumps({"deployments": served}).encode()


def test_a_missing_key_says_where_to_get_one() -> None:
    with pytest.raises(ModelError, match=r"get one at https://login\.ndif\.us and set NDIF_API_KEY"):
        require_served(Service("https://api.ndif.us", ""), LLAMA)


def test_a_server_that_nobody_reaches_is_named() -> None:
    with pytest.raises(ModelError, match=r"http://127\.0\.0\.1:9 does not say what it serves \(ConnectError"):
        require_served(Service("http://127.0.0.1:9", "key"), LLAMA)


@pytest.mark.parametrize("host", ["api.example.org", "http://[", "ftp://x"])
def test_an_address_that_is_none_is_named(host: str) -> None:
    with pytest.raises(ModelError, match="does not say what it serves"):
        require_served(Service(host, "key"), LLAMA)


@pytest.mark.parametrize(
    "said", [b"<html>", b"[]", b"{}", b'{"deployments": 3}', b'{"deployments": {"a": 1}}']
)
def test_an_answer_of_something_else_is_named(answer: tuple[str, list[bytes]], said: bytes) -> None:
    host, says = answer
    says.append(said)
    with pytest.raises(ModelError, match="is it down, or is NDIF_HOST another one's address"):
        require_served(Service(host, ""), LLAMA)


def test_a_model_that_is_not_served_is_told_beside_those_that_are(answer: tuple[str, list[bytes]]) -> None:
    host, says = answer
    says.append(deployments(*(f"org/model-{number}" for number in range(7))))
    with pytest.raises(ModelError, match=r"it serves org/model-0, .* and 2 more: name one of these"):
        require_served(Service(host, ""), LLAMA)


def test_a_model_that_is_being_started_is_not_served_yet(answer: tuple[str, list[bytes]]) -> None:
    host, says = answer
    says.append(deployments(LLAMA.source, state="DEPLOYING"))
    with pytest.raises(ModelError, match="no model runs there just now"):
        require_served(Service(host, ""), LLAMA)


def test_a_model_that_is_served_is_let_through(answer: tuple[str, list[bytes]]) -> None:
    host, says = answer
    says.append(deployments("Meta-Llama/llama-3.1-70b"))
    require_served(Service(host, ""), LLAMA)


def test_a_folder_is_no_model_of_a_server() -> None:
    for spec in (ModelSpec("mine", "./mine"), ModelSpec("starcoder2", "a/b", embedded=True)):
        with pytest.raises(ModelError, match="is a folder here; use the hooks engine, or NDIF_HOST=local"):
            require_served(Service("https://api.ndif.us", "key"), spec)


def test_the_environment_decides_where_requests_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NDIF_HOST", "http://127.0.0.1:1/")
    monkeypatch.setenv("NDIF_API_KEY", "mine")
    assert service_at_hand() == Service("http://127.0.0.1:1", "mine")


def test_a_request_that_fails_is_a_sentence() -> None:
    from nnsight.intervention.backends.remote import RemoteError

    for error in (RemoteError("out of memory\nat line 3"), ConnectionResetError("reset")):
        sentence = pytest.raises(ModelError, match=r"a request to http://x failed .*--steering-resume")
        with sentence, asking(Service("http://x", "")):
            raise error


def test_an_error_of_ours_stays_what_it_is() -> None:
    with pytest.raises(InterventionError, match="mine"), asking(Service("http://x", "")):
        raise InterventionError("mine")
