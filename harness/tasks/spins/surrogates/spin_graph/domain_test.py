"""Does spin-graph flag its wrong answers? ``python -m harness.tasks.spins.surrogates.spin_graph.domain_test``.

Random systems of eight populations are answered on 30 ms and 100 ms and compared with ``exact``. The error of an answer
is the larger of the relative error ‖Δ‖/‖signal‖ and the largest deviation at any time, of M or of I_1z: the strictest
of what the suites use. The table gives by population how many answers with an error above 1e-2 were not flagged by
``in_domain``, which share of those below 1e-3 was flagged without need, the same by the RMSE (of M: sqrt(mean
|ΔM|²/2)), by the relative error and by the largest deviation alone, and the largest |M| - 1.

The thresholds of the flag were set on systems of the seeds 995101 (sizes 4 to 8) and 995102 (9 and 10), which are never
tested on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem, TimeGrid
from harness.tasks.spins.systems.topologies import TOPOLOGIES, edges_of

SEED = 996_203
LONG_GRID = TimeGrid(251, 4e-4)
GRIDS = {"30 ms": STANDARD_GRID, "100 ms": LONG_GRID}
ERRORS = ("error", "rmse", "relative", "largest")
"""The first is the larger of the last two."""
WRONG, GOOD = 1e-2, 1e-3
SIZES = (4, 5, 6, 7, 8)
POPULATIONS = ("topologies", "close", "negative", "all-to-all", "graph", "hub", "weak", "isotopes")
"""Topologies with J of 5-20 Hz within ±250 Hz; within ±2-50 Hz; J of 1-25 Hz of both signs; every spin coupled to every
other; random graphs; a hub with the tagged spin up to two bonds away; J of 0.3-4 Hz; random graphs of 1H, 13C, 19F."""


@dataclass(frozen=True)
class Judged:
    """Systems of one population on one grid: ``errors`` (n, 4) by ``ERRORS``, ``flagged`` (n,), largest |M| - 1."""

    errors: np.ndarray
    flagged: np.ndarray
    excess: float


def random_system(population: str, rng: np.random.Generator, n: int) -> SpinSystem:
    """One system of ``n`` spins of a population."""
    offset_hz = float(10 ** rng.uniform(1.0, 2.7))
    isotopes = ["1H"] * n
    if population in ("topologies", "close", "negative", "weak"):
        kind = "tree" if population == "weak" else TOPOLOGIES[rng.integers(len(TOPOLOGIES))]
        edges = edges_of(kind, n, rng)
        offset_hz = {"close": float(10 ** rng.uniform(0.3, 1.7)), "negative": offset_hz}.get(population, 250.0)
        low, high = {"negative": (1.0, 25.0), "weak": (0.3, 4.0)}.get(population, (5.0, 20.0))
    elif population == "hub":
        edges = [(1, k) for k in range(2, n)] + ([(0, 2)] if rng.random() < 0.5 else [])
        low, high = 5.0, 20.0
    elif population == "all-to-all":
        edges = [(i, j) for i in range(n) for j in range(i)]
        low, high = 0.0, float(10 ** rng.uniform(0.0, 1.3))
    else:
        share = rng.uniform(0.25, 0.8)
        edges = [(i, j) for i in range(n) for j in range(i) if rng.random() < share] or [(0, 1)]
        low, high = 0.5, 20.0
    values = rng.uniform(low, high, len(edges))
    if population not in ("topologies", "close", "hub"):
        values *= rng.choice([-1, 1], len(edges))
    couplings = np.zeros((n, n))
    for (i, j), value in zip(edges, values, strict=True):
        couplings[i, j] = couplings[j, i] = value
    if population == "isotopes":
        isotopes = ["1H", *rng.choice(["1H", "1H", "13C", "19F"], n - 1).tolist()]
        names = np.array(isotopes)
        couplings *= np.where(names[:, None] == names, 1.0, rng.uniform(1, 8))
    tagged = int(rng.integers(n)) if rng.random() < 0.5 else 0
    offsets = rng.uniform(-offset_hz, offset_hz, n)
    return SpinSystem(offsets, couplings, isotopes=isotopes, tagged_spin=tagged, name=f"{population}-{n}")


def drawn(population: str, count: int, seed: int = SEED, sizes: Sequence[int] = SIZES) -> list[SpinSystem]:
    """``count`` systems, the sizes in turns."""
    number = POPULATIONS.index(population)
    return [
        random_system(population, np.random.default_rng([seed, number, k]), sizes[k % len(sizes)]) for k in range(count)
    ]


def judged(surrogate: Any, systems: Sequence[SpinSystem], grid: TimeGrid, believed: Any = None) -> Judged:
    """Errors and flags of a surrogate on some systems, against ``exact`` or another reference."""
    found = surrogate.predict(systems, grid)
    believed = reference("exact") if believed is None else believed
    errors, excess = [], 0.0
    for guess, system in zip(found.mean, systems, strict=True):
        truth = believed.simulate(system, grid)
        m = np.abs(guess.m - truth.m)
        i1z = np.abs(np.asarray(guess.i1z) - np.asarray(truth.i1z))
        rms = np.sqrt(np.mean(m**2)), np.sqrt(np.mean(i1z**2))
        sizes = np.sqrt(np.mean(np.abs(truth.m) ** 2)), np.sqrt(np.mean(np.asarray(truth.i1z) ** 2))
        relative, largest = max(rms[0] / sizes[0], rms[1] / sizes[1]), max(m.max(), i1z.max())
        errors.append((max(relative, largest), max(rms[0] / np.sqrt(2), rms[1]), relative, largest))
        excess = max(excess, float(np.abs(guess.m).max()) - 1)
    return Judged(np.array(errors), np.array([not check for check in found.in_domain]), excess)


def line(name: str, one: Judged) -> str:
    """One row of the table."""
    cells = [f"{name:24s}", f"{len(one.flagged):6d}"]
    for column in range(len(ERRORS)):
        error = one.errors[:, column]
        wrong, good = error > WRONG, error <= GOOD
        passed = error[~one.flagged].max(initial=0.0)
        vain = np.mean(one.flagged[good]) if good.any() else 0.0
        cells.append(
            f"{int(np.sum(wrong & ~one.flagged)):3d} of {int(wrong.sum()):4d} {passed:8.1e} {100 * vain:5.1f} %"
        )
    return " | ".join([*cells, f"{one.excess:8.1e}"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    from harness.tasks.spins.surrogates.spin_graph import load

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--systems", type=int, default=10_000, help="in all, on either grid")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of spins, in turns")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", help="one of the populations")
    given = parser.parse_args(arguments)
    surrogate = load()
    sizes = [int(size) for size in given.sizes.split(",")]
    chosen = [name for name in POPULATIONS if given.only in name]
    print("by error: not flagged, of those above 1e-2; largest error not flagged; flagged of those below 1e-3")
    print(f"{'population':24s} | systems| {' | '.join(f'{name:27s}' for name in ERRORS)} | max |M| - 1")
    for label, grid in GRIDS.items():
        rows = []
        for population in chosen:
            systems = drawn(population, given.systems // len(chosen), given.seed, sizes)
            rows.append(judged(surrogate, systems, grid))
            print(line(f"{population} {label}", rows[-1]), flush=True)
        errors, flagged = np.concatenate([r.errors for r in rows]), np.concatenate([r.flagged for r in rows])
        print(line(f"all {label}", Judged(errors, flagged, max(r.excess for r in rows))), flush=True)


if __name__ == "__main__":
    main()
