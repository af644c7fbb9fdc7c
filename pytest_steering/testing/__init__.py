"""The conformance suite that users run on their own model and their own engine."""

from pytest_steering.testing.traps.engine_request import Answering, MakeEngine, NotOffered, Reply, Request

__all__ = ["Answering", "MakeEngine", "NotOffered", "Reply", "Request"]
