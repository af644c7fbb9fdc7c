"""nnsight's simulation of a server: requests are written, read without our code, and run in this process."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

from pytest_steering.errors import InterventionError, ModelError, PromptError, VectorError
from pytest_steering.extraction.unembedding import unembedding_direction
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.proving.proof import prove
from pytest_steering.models.running.batching import pad_left
from pytest_steering.models.running.differentiable import learning
from pytest_steering.models.running.sampling import Sampling
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.tiny import FAMILIES, HIDDEN, LAYERS, random_vector, tiny_module, tiny_tokenizer

if TYPE_CHECKING:
    from pytest_steering.models.running.completion import Completion
    from pytest_steering.steering.positions import PositionsLike

pytest.importorskip("nnsight.intervention.backends.local", reason="the simulation needs nnsight 0.8")

PROMPTS = [[5, 16, 17, 11, 28], [7], [37, 91, 81, 34, 40, 48, 28, 45]]
POSITIONS: list[PositionsLike] = ["last", "all", "prompt", "generated", [0, -1], "generated[:3]"]


def an_arm(layer: int, positions: PositionsLike = "all", **more: Any) -> Intervention:
    return Intervention(random_vector((layer,), HIDDEN, seed=layer), scale=2.0, positions=positions, **more)


ARMS = [None, *(an_arm(number % LAYERS, at) for number, at in enumerate(POSITIONS))]


@pytest.fixture(scope="module", autouse=True)
def simulation() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NDIF_HOST", "local")
        yield


@pytest.fixture(scope="module", params=FAMILIES)
def hooks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SteerableModel:
    folder: Path = tmp_path_factory.mktemp(request.param)
    tiny_module(request.param).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return SteerableModel.load(str(folder))


@pytest.fixture(scope="module")
def remote(hooks: SteerableModel) -> SteerableModel:
    return SteerableModel.load(hooks.loaded.module.name_or_path, engine="nnsight-remote")


def test_arms_mixed_in_one_batch_answer_as_plain_hooks(hooks: SteerableModel, remote: SteerableModel) -> None:
    found, wanted = (model.complete(PROMPTS, ARMS, max_new_tokens=8) for model in (remote, hooks))
    assert [tokens(arm) for arm in found.arms] == [tokens(arm) for arm in wanted.arms]
    assert found.counts.steered_tokens == wanted.counts.steered_tokens
    assert any(tokens(arm) != tokens(found.arms[0]) for arm in found.arms[1:])


def test_a_schedule_is_planned_ahead(hooks: SteerableModel, remote: SteerableModel) -> None:
    arm = an_arm(1, "generated", schedule="linear(tokens=3)")
    found, wanted = (model.complete(PROMPTS, [arm], max_new_tokens=6) for model in (remote, hooks))
    assert tokens(found.arms[0]) == tokens(wanted.arms[0])


def test_states_and_logits_are_bit_for_bit_those_of_plain_hooks(
    hooks: SteerableModel, remote: SteerableModel
) -> None:
    for layer, state in hooks.hidden_states(PROMPTS, "all").items():
        assert torch.equal(state, remote.hidden_states(PROMPTS, "all")[layer])
    assert torch.equal(logits(hooks), logits(remote))
    assert not torch.equal(logits(hooks)[1:], logits(hooks)[:1])


def logits(model: SteerableModel) -> torch.Tensor:
    """Of one prompt under each arm."""
    batch = pad_left([PROMPTS[0]] * len(ARMS), 0, "cpu")
    session = EditSession(batch, ARMS)
    found = model.engine.logits(batch, session, 2)
    session.trace.verify(batch.columns)
    return found


def test_the_model_here_has_no_weights(remote: SteerableModel) -> None:
    assert {str(weight.device) for weight in remote.loaded.module.parameters()} == {"meta"}
    assert remote.loaded.served is not None
    assert remote.loaded.served.place == "simulated server"


def test_a_request_holds_no_class_of_ours(remote: SteerableModel, monkeypatch: pytest.MonkeyPatch) -> None:
    from nnsight.schema.request import RequestModel

    blobs: list[bytes] = []
    whole = RequestModel.serialize

    def kept(*args: Any, **options: Any) -> bytes:
        blobs.append(whole(*args, **options))
        return blobs[-1]

    monkeypatch.setattr(RequestModel, "serialize", kept)
    remote.complete(PROMPTS, ARMS, max_new_tokens=2)
    logits(remote)
    remote.hidden_states(PROMPTS)
    asked = {name for blob in blobs for name in names(blob)}
    assert {name.partition(".")[0] for name in asked} <= ON_A_SERVER
    assert not [name for name in asked if "class" in name]  # cloudpickle's way to send one along
    assert len(blobs) == 3


ON_A_SERVER = {"builtins", "cloudpickle", "collections", "nnsight", "torch", "transformers"}


class Reader(pickle.Unpickler):
    """Notes what a pickle asks for by name."""

    def __init__(self, blob: bytes) -> None:
        super().__init__(io.BytesIO(blob))
        self.found: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        self.found.add(f"{module}.{name}")
        return super().find_class(module, name)

    def persistent_load(self, _pid: Any) -> Any:
        return torch.nn.Identity()


def names(blob: bytes) -> set[str]:
    reader = Reader(blob)
    reader.load()
    return reader.found


def test_whoever_watches_is_told_the_same_as_of_plain_hooks(
    hooks: SteerableModel, remote: SteerableModel
) -> None:
    told: dict[str, list[Any]] = {}
    for model in (hooks, remote):
        seen = told.setdefault(model.engine_name, [])
        with model.engine.watched(
            lambda ids, _mask, seen=seen: seen.append(ids.clone()),  # type: ignore[misc]
            lambda layer, state, seen=seen: seen.append((layer, state.clone())),  # type: ignore[misc]
        ):
            model.complete(PROMPTS[:1], [an_arm(2, "last")], max_new_tokens=3)
    assert len(told["hooks"]) == len(told["nnsight-remote"]) > LAYERS
    for ours, theirs in zip(told["nnsight-remote"], told["hooks"], strict=True):
        assert torch.equal(ours[1], theirs[1]) if isinstance(ours, tuple) else torch.equal(ours, theirs)


def test_what_it_cannot_do_is_refused_by_name(remote: SteerableModel) -> None:
    with pytest.raises(InterventionError, match="'ablate' does not, and this engine does nothing else"):
        remote.complete(PROMPTS, [an_arm(1, operation="ablate")], max_new_tokens=2)
    with pytest.raises(InterventionError, match="cannot be planned before these are written"):
        remote.complete(PROMPTS, [an_arm(1, lambda ids: [True] * len(ids))], max_new_tokens=2)
    with pytest.raises(PromptError, match="nnsight-remote engine takes the likeliest tokens"):
        remote.complete(PROMPTS, sampling=Sampling(), max_new_tokens=2)
    with pytest.raises(ModelError, match="the hooks engine needs the model's weights here"):
        remote.with_engine("hooks")
    with pytest.raises(ModelError, match="a direction that is learned needs the model's weights here"):
        learning(remote.loaded).__enter__()
    with pytest.raises(ModelError, match="code of your own needs the model's weights here"):
        remote.steering(an_arm(1)).__enter__()
    with pytest.raises(VectorError, match="is on a server"):
        unembedding_direction(remote, [3], [4], random_vector((1,), HIDDEN))
    with pytest.raises(ModelError):
        remote.at("mlp_output")


def test_a_model_that_was_loaded_here_is_not_sent_away(hooks: SteerableModel) -> None:
    with pytest.raises(ModelError, match=r"by SteerableModel\.load\(\.\.\., engine='nnsight-remote'\)"):
        hooks.with_engine("nnsight-remote")


def test_blocks_numbered_off_by_one_are_no_proof(
    remote: SteerableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = remote.engine
    stop = type(engine)._stop  # type: ignore[attr-defined]
    monkeypatch.setattr(type(engine), "_stop", lambda self, layer: stop(self, (layer + 1) % LAYERS))
    failed = prove(remote.loaded, engine).failures
    assert any("hidden_states[k + 1]" in str(check) for check in failed)


def test_a_server_that_adds_something_else_is_no_proof(
    remote: SteerableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pytest_steering.models.engine.remote import token_plan

    added = token_plan._added
    monkeypatch.setattr(token_plan, "_added", lambda *of: added(*of) * 1.001)
    failed = prove(remote.loaded, remote.engine).failures
    assert any("h + v" in str(check) for check in failed)


def test_the_search_path_is_what_it_was(remote: SteerableModel) -> None:
    import sys

    before = list(sys.path)
    remote.complete(PROMPTS[:1], [None], max_new_tokens=1)
    assert sys.path == before


def tokens(arm: Sequence[Completion]) -> list[tuple[int, ...]]:
    return [done.token_ids for done in arm]
