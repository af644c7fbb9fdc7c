"""What predictors that know nothing of the code would get on the same samples, and which arms are such."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_steering.report.cells import Group, metrics_of, ran, rows_of


def baseline_texts(group: Group) -> Iterator[str]:
    """Yield what *always yes*, *always no* and *length only* get, and which arms answer always the same.

    Args:
        group: The arms of one experiment; they share their samples.
    """
    cells = [cell for cell in group.cells if ran(cell)]
    if not cells:
        return
    yield f"knowing nothing of the code: {_baselines(group)}"
    constant: dict[str, list[str]] = {}
    for cell in cells:
        always = metrics_of(ran(cell)).constant
        if always:
            constant.setdefault(always, []).append(cell.arm)
    if constant:
        named = "; ".join(f"{', '.join(arms)} {always}" for always, arms in constant.items())
        yield f"constant predictors: {named}"


def _baselines(group: Group) -> str:
    from pytest_steering.evaluation.metrics import baselines

    cell = next(cell for cell in group.cells if ran(cell))
    found = baselines(rows_of(ran(cell)))
    return ", ".join(
        f"{name} {metrics['accuracy_all']:.2f}"
        + (f" (AUROC {metrics['auroc']:.2f})" if metrics["auroc"] not in (None, 0.5) else "")
        for name, metrics in found.items()
    )
