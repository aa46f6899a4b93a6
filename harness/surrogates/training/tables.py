"""Tables of trained networks: errors by the metrics of the task, latencies on one core, with the untrained formulas."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.data.block import Block
from harness.data.mix import learning_of
from harness.durable import write_json, write_text
from harness.surrogates import load_surrogate
from harness.surrogates.capabilities import answers_block
from harness.surrogates.weights import KIND, read_weights
from harness.task import BatchedReference, Task, default_task, loaded

Predict = Callable[[Sequence[Any], Any], Sequence[Any]]
SINGLES, WARM_UP = 8, 3
"""Systems that are predicted one by one, and how many of them are not counted."""


def columns(task: Task) -> tuple[str, ...]:
    """Columns of the table: mean of every metric of the task's comparisons, and the worst of the first metric."""
    first, *others = task.compared
    errors = (f"{first}_mean", f"{first}_worst", *(f"{key}_mean" for key in others))
    return ("variant", "N", "systems", *errors, "parameters", "single_ms", "batch_us", "training_rows", "train_s")


def measure_weights(
    name: str,
    model: str,
    path: Path,
    tests: Sequence[Block],
    seconds: float | None = None,
    task: Task | None = None,
) -> list[dict[str, Any]]:
    """One row per test block that the network can predict."""
    task = task or default_task()
    found = read_weights(path, model, learning_of(task).schema(KIND))
    surrogate = load_surrogate(model, path, task)
    rows = []
    for block in tests:
        if answers_block(surrogate, block):
            row = _row(name, block, lambda systems, grid: surrogate.predict(systems, grid).mean, task)
            row["parameters"] = sum(t.numel() for t in found.tensors.values())
            row["training_rows"] = _training_rows(found.record)
            row["train_s"] = "" if seconds is None else round(seconds, 1)
            rows.append(row)
    return rows


def baseline_rows(tests: Sequence[Block], task: Task | None = None) -> list[dict[str, Any]]:
    """Rows of the untrained formulas for the same systems: the first rows in every table of networks."""
    task = task or default_task()
    rows = []
    for method in learning_of(task).formulas:
        formula = Formula(loaded(task.references[method])())
        for block in tests:
            row = _row(f"({method})", block, formula, task)
            rows.append({**row, "parameters": 0, "training_rows": 0, "train_s": 0.0})
    return rows


@dataclass(frozen=True, eq=False)
class Formula:
    """A reference that computes batches, in one call if it supports this."""

    method: Any

    def __call__(self, systems: Sequence[Any], grid: Any) -> Sequence[Any]:
        """One trajectory for each system."""
        if isinstance(self.method, BatchedReference):
            return self.method.simulate_batch(systems, grid)
        return [self.method.simulate(system, grid) for system in systems]


def write_tables(folder: Path, rows: Sequence[Mapping[str, Any]], task: Task | None = None) -> str:
    """CSV, JSON and Markdown of the table; returns the Markdown."""
    names = columns(task or default_task())
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(folder / "ablation.csv", text.getvalue())
    write_json(folder / "ablation.json", list(rows))
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for row in rows:
        cells = [f"{row[c]:.3g}" if isinstance(row[c], float) else str(row[c]) for c in names]
        lines.append("| " + " | ".join(cells) + " |")
    markdown = "\n".join(lines) + "\n"
    write_text(folder / "ablation.md", markdown)
    return markdown


@contextmanager
def one_thread() -> Iterator[None]:
    """One core for torch and BLAS, as stated with the latencies."""
    from threadpoolctl import threadpool_limits

    from harness.surrogates.training.device import computing

    with computing(1, deterministic=False), threadpool_limits(1):
        yield


def _row(variant: str, block: Block, predict: Predict, task: Task) -> dict[str, Any]:
    """Errors, and latencies from system to trajectory: median single, and per system of a batch."""
    systems = block.systems()
    answers = predict(systems, block.grid)
    row: dict[str, Any] = {"variant": variant, "N": block.size, "systems": len(block)}
    for key in task.compared:
        metric = task.metrics[key]
        errors = [metric.of(one, block.trajectory(k), systems[k]) for k, one in enumerate(answers)]
        row[f"{key}_mean"] = float(np.mean(errors))
        if key == task.compared[0]:
            row[f"{key}_worst"] = float(np.max(errors))
    singles = [_seconds(lambda s=s: predict([s], block.grid)) for s in systems[:SINGLES]]
    batch = min(_seconds(lambda: predict(systems, block.grid)) for _ in range(3))
    row["single_ms"] = 1e3 * float(np.median(singles[WARM_UP:] or singles))
    row["batch_us"] = 1e6 * batch / len(systems)
    return row


def _training_rows(record: Mapping[str, Any]) -> int:
    blocks = record.get("data", {}).get("blocks", {})
    return sum(block["systems"] for key, block in blocks.items() if key.endswith("/train"))


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
