"""Spin echoes: seconds for 10,000 curves of the challenge, and microseconds for a mean curve of the surrogate.

    OMP_NUM_THREADS=1 python benchmarks/echo.py

Curves are generated in shards of 100, as ``harness echo dataset`` does in each worker: 50 × 50 spins, single precision,
PyTorch on one thread. The shortest of three shards counts, of processor time and of wall time, and is scaled to 10,000.
Mean curves are those of a batch of 256 systems, from system to trajectory. Targets: 720 s, which an optional program in
numba was to bring to 300 s (it is not needed: PyTorch stays below that), and 10 µs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import torch

from harness.tasks.echo.generate import SHARD, make_shard
from harness.tasks.echo.model import EchoModel, load_components, load_polynomials
from harness.tasks.echo.plan import CHALLENGE
from harness.tasks.echo.populations import POPULATIONS
from harness.tasks.echo.recipe import named_recipe

CURVES, SHARDS = 10_000, 3
BATCH, CALLS = 256, 20


def shortest(call: Callable[[], object], calls: int) -> tuple[float, float]:
    """(processor seconds, wall seconds), each the shortest of some calls."""
    cpu, wall = [], []
    for _ in range(calls):
        begun = process_time(), perf_counter()
        call()
        cpu.append(process_time() - begun[0])
        wall.append(perf_counter() - begun[1])
    return min(cpu), min(wall)


def generation() -> None:
    """Measure and print the generation of curves."""
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "shard.h5")
        cpu, wall = shortest(lambda: make_shard(named_recipe("challenge"), 0, path), SHARDS)
    print(f"one curve: {1e3 * cpu / SHARD:.1f} ms of processor time, {1e3 * wall / SHARD:.1f} ms")
    print(f"{CURVES:,} curves on one thread: {CURVES * cpu / SHARD:.0f} s of processor time, "
          f"{CURVES * wall / SHARD:.0f} s (targets: 720 s, with numba 300 s)")  # fmt: skip


def mean_curves(model: EchoModel) -> None:
    """Measure and print one batch of a surrogate."""
    systems = POPULATIONS["home"].draw(BATCH, 1)
    model.predict(systems, CHALLENGE)
    cpu, wall = shortest(lambda: model.predict(systems, CHALLENGE), CALLS)
    print(f"{model.name}, batch of {BATCH}: {1e6 * cpu / BATCH:.1f} µs of processor time for each curve, "
          f"{1e6 * wall / BATCH:.1f} µs (target: 10 µs)")  # fmt: skip


if __name__ == "__main__":
    torch.set_num_threads(1)
    generation()
    for load in (load_components, load_polynomials):
        mean_curves(load())
