"""The differentiable signal against exact solves with finite differences, in one run on one thread.

    OMP_NUM_THREADS=1 python benchmarks/twin.py

A batch of 256 chains of 8 spins, 300 points of 1e-4 s, and the gradient of a loss of M with respect to all 8 offsets
and 28 couplings of each. Beside it: what ``exact`` takes for M of one such system, times 37 solves (one, and one more
for each parameter) times 256. Medians of five runs after a warm-up, of processor time.
"""

from __future__ import annotations

from statistics import median
from time import process_time

import numpy as np
import torch

from harness import SpinSystem, TimeGrid
from harness.tasks.spins.differentiable import signal
from harness.tasks.spins.references import reference

BATCH, SPINS, RUNS = 256, 8, 5
GRID = TimeGrid(300, 1e-4)


def timed(call) -> float:
    """Median processor seconds of a call, after one that is not counted."""
    call()
    found = []
    for _ in range(RUNS):
        begun = process_time()
        call()
        found.append(process_time() - begun)
    return median(found)


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    offsets = rng.uniform(-250, 250, (BATCH, SPINS))
    couplings = np.zeros((BATCH, SPINS, SPINS))
    for k in range(SPINS - 1):
        couplings[:, k, k + 1] = rng.uniform(5, 20, BATCH)
    given = [torch.tensor(part, requires_grad=True) for part in (offsets, couplings)]
    times = torch.tensor(GRID.times_s)

    def gradient() -> None:
        signal(*given, times).abs().square().sum().backward()

    both = couplings + couplings.swapaxes(1, 2)
    systems = [SpinSystem(o, j) for o, j in zip(offsets[:32], both[:32], strict=True)]
    exact = reference("exact")
    single = timed(lambda: [exact.simulate(system, GRID, ("m",)) for system in systems]) / len(systems)
    solves = 1 + SPINS + SPINS * (SPINS - 1) // 2
    ours, theirs = timed(gradient), BATCH * solves * single
    print(f"signal and gradient of {BATCH} systems: {ours:.2f} s")
    print(f"{BATCH} x {solves} exact solves of {1e3 * single:.2f} ms: {theirs:.2f} s; ratio {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
