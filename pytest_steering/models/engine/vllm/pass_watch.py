"""What is done in each pass of vLLM's worker, and what is kept of it for the rows that want it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.vllm.block_parts import Parts, find_blocks, read_parts
from pytest_steering.models.engine.vllm.pass_rows import PassRow, rows_of_pass
from pytest_steering.models.engine.vllm.pass_writer import PassWriter, WorkerArm
from pytest_steering.models.engine.vllm.row_report import KeptParts, RowReport

if TYPE_CHECKING:
    from torch import Tensor


class PassWatch:
    """Stands on a model for good, and does nothing to rows that have no order.

    Attributes:
        reports: By the row's number.
        passes: How many passes read a row of ours.
    """

    def __init__(self, runner: Any, layers: int) -> None:
        """Set hooks onto a model.

        Args:
            runner: vLLM's model runner.
            layers: How many blocks the model has.
        """
        self._runner, self._rows = runner, list[PassRow]()
        self._before: dict[int, Parts] = {}
        self.take([])
        runner.model.register_forward_pre_hook(self._begin)
        for layer, block in enumerate(find_blocks(runner.model, layers)):
            for action in (self._remember, self._write, self._keep):
                block.register_forward_hook(_at(layer, action))
        runner.model.register_forward_hook(self._end)

    def take(self, arms: Sequence[WorkerArm]) -> None:
        """Forget what was, and take the interventions of the next call."""
        self._writer = PassWriter(arms)
        self.reports: dict[int, RowReport] = {}
        self.passes = 0

    def _begin(self, _model: Any, _args: Any) -> None:
        self._rows = rows_of_pass(self._runner)
        self._writer.begin(self._rows)
        self.passes += bool(self._rows)
        for row in self._rows:
            self.reports.setdefault(row.order.row, RowReport()).read.extend(range(row.first, row.stop))

    def _remember(self, layer: int, output: Any) -> None:
        if any(row.order.parts for row in self._rows):
            parts = read_parts(output)
            second = None if parts.second is None else parts.second.clone()
            self._before[layer] = Parts(parts.first.clone(), second)

    def _write(self, layer: int, output: Any) -> Any:
        edited, cells = self._writer.write(layer, output)
        for cell in cells:
            self.reports[cell.row.order.row].written.setdefault(layer, []).append(cell.token)
        return edited

    def _keep(self, layer: int, output: Any) -> None:
        before = self._before.pop(layer, None)
        for row in self._rows:
            report = self.reports[row.order.row]
            if layer in row.order.states:
                report.states.setdefault(layer, []).append(read_parts(output).stream[row.columns].clone())
            if row.order.parts and before is not None:
                kept = report.parts.setdefault(layer, KeptParts())
                _keep_parts(kept, before, read_parts(output), row.columns)

    def _end(self, _model: Any, _args: Any, hidden: Tensor) -> None:
        for row in self._rows:
            report, own = self.reports[row.order.row], hidden[row.columns]
            lost = (~own.isfinite().all(-1)).nonzero().flatten().tolist()
            report.not_finite.extend(row.first + place for place in lost)
            self._keep_logits(row, report, own)
        self._rows = []

    def _keep_logits(self, row: PassRow, report: RowReport, hidden: Tensor) -> None:
        since = row.order.logits_from
        if since is not None and row.stop > since:
            report.logits.append(self._logits(hidden[max(0, since - row.first) :]))
        elif since is None and row.first < row.prompt_length <= row.stop:
            newest = hidden[row.prompt_length - row.first - 1 :][:1]
            report.first = self._logits(newest)[0].log_softmax(-1)

    def _logits(self, hidden: Tensor) -> Tensor:
        logits: Tensor = self._runner.model.compute_logits(hidden)
        return logits.float()


def _keep_parts(kept: KeptParts, before: Parts, after: Parts, columns: slice) -> None:
    kept.before.append(before.first[columns])
    kept.after.append(after.first[columns].clone())
    if before.second is not None and after.second is not None:
        kept.second_before.append(before.second[columns])
        kept.second_after.append(after.second[columns].clone())


def _at(layer: int, action: Callable[[int, Any], Any]) -> Callable[[Any, Any, Any], Any]:
    return lambda _block, _args, output: action(layer, output)
