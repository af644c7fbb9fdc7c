"""A judge in this process: a server whose answers a test scripts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """What the server does with a request.

    Attributes:
        says: The judge's text; None sends `raw` instead.
        status: Of the answer.
        headers: Further ones.
        raw: The whole body.
        after: Seconds to wait before.
    """

    says: str | None = "Rating: [[1]]"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes = b""
    after: float = 0.0

    def body(self) -> bytes:
        if self.says is None:
            return self.raw
        return json.dumps({"choices": [{"message": {"role": "assistant", "content": self.says}}]}).encode()


def rated(value: float) -> Verdict:
    return Verdict(f"It is so. Rating: [[{value:g}]]")


@dataclass
class Court:
    """The server.

    Attributes:
        url: Where it listens.
        verdicts: What is done with each answer that is judged, one request after the other; the last for all
            further ones.
        requests: What was received: headers and the JSON body.
    """

    url: str = ""
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)
    requests: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def judged(self) -> list[str]:
        """The answers that were sent, one a request."""
        return [material(body)["answer"] for _, body in self.requests]

    def next(self, answer: str) -> Verdict:
        script = self.verdicts.get(answer, [Verdict()])
        return script.pop(0) if len(script) > 1 else script[0]


def material(body: dict[str, Any]) -> dict[str, str]:
    """What a judge was given to rate."""
    found: dict[str, str] = json.loads(body["messages"][1]["content"])
    return found


@contextmanager
def sitting() -> Iterator[Court]:
    """A court as long as a test needs it."""
    court = Court()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            court.requests.append(({**self.headers, "path": self.path}, body))
            verdict = court.next(material(body)["answer"])
            time.sleep(verdict.after)
            self.send_response(verdict.status)
            for name, value in verdict.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(verdict.body())

        def do_GET(self) -> None:
            court.requests.append(({**self.headers, "path": self.path}, {}))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    court.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield court
    finally:
        server.shutdown()
        server.server_close()
