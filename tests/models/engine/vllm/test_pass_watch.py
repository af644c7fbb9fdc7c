from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from pytest_steering.errors import InterventionError, ModelError, NotFiniteError
from pytest_steering.models.engine.trace import Trace
from pytest_steering.models.engine.vllm.answered import Answered, as_forwards, require_finite, require_read
from pytest_steering.models.engine.vllm.block_parts import find_blocks
from pytest_steering.models.engine.vllm.parts_kept import parts_fault, stream_pair
from pytest_steering.models.engine.vllm.pass_watch import PassWatch
from pytest_steering.models.engine.vllm.pass_writer import WorkerArm
from pytest_steering.models.engine.vllm.row_order import RowOrder, arm_as_plain
from pytest_steering.models.engine.vllm.row_report import RowReport
from pytest_steering.models.engine.vllm.server import Row
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.positions import PositionsLike
from pytest_steering.steering.vector import SteeringVector
from tests.models.engine.vllm.served import BLOCKS, HIDDEN, Runner, runner

LONG, SHORT = [3, 9, 4, 17, 6], [21, 8]


@pytest.fixture
def worker() -> tuple[Runner, PassWatch]:
    made = runner()
    return made, PassWatch(made, BLOCKS)


def an_arm(positions: PositionsLike = "last", layer: int = 1, operation: str = "add") -> Intervention:
    vector = SteeringVector({layer: torch.linspace(-1, 1, HIDDEN)})
    return Intervention(vector, scale=0.5, positions=positions, operation=operation)


def taken(watch: PassWatch, *arms: Intervention) -> None:
    watch.take([WorkerArm.from_plain(arm_as_plain(arm)) for arm in arms])


def answered(watch: PassWatch, row: int, text: list[int], arm: Intervention | None, new: int = 1) -> Answered:
    order = RowOrder(row, None if arm is None else 0, parts=True)
    return Answered(Row(order, text, len(text)), arm, [0] * new, [], watch.reports.get(row, RowReport()))


def test_rows_of_one_pass_are_steered_each_by_its_own_arm(worker: tuple[Runner, PassWatch]) -> None:
    made, watch = worker
    plain = made.run([(RowOrder(0), LONG, 0, 5), (RowOrder(1), SHORT, 0, 2)])
    taken(watch, an_arm("all"), an_arm("last"))
    found = made.run(
        [(RowOrder(0, 0), LONG, 0, 5), (RowOrder(1), SHORT, 0, 2), (RowOrder(2, 1), SHORT, 0, 2)]
    )
    assert torch.equal(found[5:7], plain[5:])
    assert torch.equal(found[7], plain[5])
    assert (found[:5] != plain[:5]).any(-1).all()
    assert watch.reports[0].written == {1: [0, 1, 2, 3, 4]}
    assert watch.reports[2].written == {1: [1]}


@pytest.mark.parametrize(
    ("positions", "prompt", "decoded"),
    [
        ("last", [4], [5]),
        ("last_prompt", [4], []),
        ("prompt", [0, 1, 2, 3, 4], []),
        ("generated", [], [5]),
        ("all", [0, 1, 2, 3, 4], [5]),
        ("all - prompt[:1]", [1, 2, 3, 4], [5]),
        ("generated[1:2]", [], []),
        ([0, -1], [0, 4], []),
        (0, [0], []),
    ],
)
def test_a_position_is_that_of_the_row_and_not_of_the_pass(
    worker: tuple[Runner, PassWatch], positions: PositionsLike, prompt: list[int], decoded: list[int]
) -> None:
    made, watch = worker
    taken(watch, an_arm(positions))
    order = RowOrder(0, 0)
    made.run([(RowOrder(1), SHORT, 0, 2), (order, LONG, 0, 5)])
    assert watch.reports[0].written.get(1, []) == prompt
    made.run([(order, [7], 5, 5)])
    assert watch.reports[0].written.get(1, []) == [*prompt, *decoded]


def test_a_prompt_that_is_read_in_parts_is_steered_as_one(worker: tuple[Runner, PassWatch]) -> None:
    made, watch = worker
    taken(watch, an_arm([0, -1]))
    order = RowOrder(0, 0)
    made.run([(order, LONG[:2], 0, 5)])
    made.run([(order, LONG[2:], 2, 5)])
    assert watch.reports[0].written == {1: [0, 4]}
    assert watch.reports[0].read == [0, 1, 2, 3, 4]


def test_the_first_part_is_h_plus_v_and_the_second_as_it_was(worker: tuple[Runner, PassWatch]) -> None:
    made, watch = worker
    arm = an_arm("all")
    taken(watch, arm)
    made.run([(RowOrder(0, 0, parts=True), LONG, 0, 5)])
    row = answered(watch, 0, LONG, arm)
    assert not any(parts_fault(row, layer) for layer in range(BLOCKS))
    before, after = stream_pair(row, 1)
    assert torch.equal(after, before + arm.delta(1))
    assert torch.equal(*stream_pair(row, 0))


@pytest.mark.parametrize("part", ["first", "second"])
def test_one_bit_elsewhere_is_a_fault_and_is_seen_as_it_is(
    worker: tuple[Runner, PassWatch], part: str
) -> None:
    made, watch = worker
    arm = an_arm("last")
    taken(watch, arm)
    made.run([(RowOrder(0, 0, parts=True), LONG, 0, 5)])
    kept = watch.reports[0].parts[1]
    (kept.after if part == "first" else kept.second_after)[0][0, 0] += 1e-6
    row = answered(watch, 0, LONG, arm)
    assert part in parts_fault(row, 1)
    before, after = stream_pair(row, 1)
    assert (before != after).any(-1).tolist() == [True, False, False, False, True]


def test_tokens_from_a_cache_are_an_error(worker: tuple[Runner, PassWatch]) -> None:
    made, watch = worker
    made.run([(RowOrder(0), LONG[2:], 2, 5)])
    with pytest.raises(InterventionError, match=r"read 3 of the 5 tokens of row 0 .* token 0 is the first"):
        require_read(answered(watch, 0, LONG, None))


def test_hooks_that_never_run_are_an_error(worker: tuple[Runner, PassWatch]) -> None:
    _, watch = worker
    with pytest.raises(InterventionError, match="read 0 of the 5 tokens of row 0"):
        require_read(answered(watch, 0, LONG, an_arm()))


@pytest.mark.parametrize("written", [[], [3], [3, 4], [0, 1, 2, 3, 4]])
def test_other_tokens_than_those_asked_are_an_error(written: list[int]) -> None:
    report = RowReport(read=[0, 1, 2, 3, 4], written={1: written} if written else {})
    row = Answered(Row(RowOrder(0, 0), LONG, 5), an_arm(), [0], [], report)
    trace = _trace([row], 5)
    with pytest.raises(InterventionError, match=r"layer 1 (did not run|was steered at other tokens)"):
        trace.verify(5)


def test_a_layer_that_nobody_asked_for_is_an_error() -> None:
    report = RowReport(read=[0, 1, 2, 3, 4], written={2: [4]})
    trace = _trace([Answered(Row(RowOrder(0), LONG, 5), None, [0], [], report)], 5)
    with pytest.raises(InterventionError, match="layer 2 was steered at other tokens"):
        trace.verify(5)


def test_tokens_that_are_read_again_are_written_again_and_count_once() -> None:
    report = RowReport(read=[0, 1, 2, 3, 4, 0, 1, 2, 3, 4], written={1: [4, 4]})
    row = Answered(Row(RowOrder(0, 0), LONG, 5), an_arm(), [0], [], report)
    require_read(row)
    _trace([row], 5).verify(5)


def test_numbers_that_are_none_are_an_error() -> None:
    for report, lead in ((RowReport(not_finite=[2]), 0.0), (RowReport(), float("nan"))):
        with pytest.raises(NotFiniteError, match="no finite numbers in float16"):
            require_finite(
                Answered(Row(RowOrder(0), LONG, 5), None, [0], [(lead, 0.0, 1)], report), "float16"
            )


def test_what_only_hooks_can_do_is_refused_by_name() -> None:
    with pytest.raises(InterventionError, match=r"adds vectors .* operation 'ablate' needs the hooks engine"):
        arm_as_plain(an_arm(operation="ablate"))
    with pytest.raises(InterventionError, match=r"positions callable:.* are a function"):
        arm_as_plain(an_arm(lambda ids: [True] * len(ids)))


def test_what_is_not_the_same_at_each_token_is_refused_by_name() -> None:
    for kind, arm in (
        ("schedule", replace(an_arm("all"), schedule="window(stop=5)")),
        ("condition", replace(an_arm("all"), when="similarity > 0.1", condition=an_arm().vector)),
    ):
        with pytest.raises(InterventionError, match=f"adds the same at each token; {kind} "):
            arm_as_plain(arm)


def test_a_model_without_one_list_of_its_blocks_is_refused() -> None:
    with pytest.raises(ModelError, match="has 0 lists of 7 modules"):
        find_blocks(runner().model, 7)


def _trace(rows: list[Answered], columns: int) -> Trace:
    return Trace(as_forwards(rows, columns, 1))
