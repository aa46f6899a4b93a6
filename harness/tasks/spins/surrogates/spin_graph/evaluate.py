"""The accuracy and latency of spin-graph, row by row: ``python -m harness.tasks.spins.surrogates.spin_graph.evaluate``.

Systems are drawn from seeds that no training preset uses (``SEED``); the metrics are those of the task. There are no
targets here; those are in targets.toml and the suites.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from harness.tasks.spins.metrics import RELATIVE_M, RMSE_I1Z, RMSE_M
from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID, SpinSystem, TimeGrid, load_molecule, topology

if TYPE_CHECKING:
    from harness.tasks.spins.surrogates.spin_graph.surrogate import SpinGraph

SEED = 770_001
MOLECULES = ("glycine", "alanine", "valine")
ONE_AT_A_TIME = 101


@dataclass(frozen=True)
class Measured:
    """Errors of one row: RMSE of M and I_1z, mean and worst; for molecules relative errors, also of the pair
    product."""

    row: str
    systems: int
    m_mean: float
    m_worst: float
    i1z_mean: float
    i1z_worst: float
    relative_worst: float
    pair_product_relative_worst: float | None = None
    smallest_gain: float | None = None


@dataclass(frozen=True)
class Row:
    """Name, how many systems, how to draw one, grid, and the reference to compare with."""

    name: str
    systems: int
    draw: Callable[[np.random.Generator], SpinSystem]
    grid: TimeGrid = STANDARD_GRID
    against: str = "exact"
    with_pairs: bool = False


def random_row(
    kind: str, n: int, systems: int, offset_hz: float = 250.0, grid: TimeGrid = STANDARD_GRID, against: str = "exact"
) -> Row:
    """Random systems of one topology and size, J per edge in 5-20 Hz."""
    where = "" if offset_hz == 250.0 else f" ±{offset_hz:g} Hz"
    long = "" if grid == STANDARD_GRID else f" {grid.horizon_s * 1e3:.0f} ms"
    return Row(
        f"{kind} {n}{where}{long}",
        systems,
        lambda rng: topology(kind, n, rng, offset_range_hz=offset_hz),
        grid,
        against,
    )


def molecule_row(name: str, grid: TimeGrid, systems: int) -> Row:
    """Variants as in the Spinach cache: shifts ±0.02 ppm per group, J ±5 %, 7-21 T, carrier within the spectrum."""

    def draw(rng: np.random.Generator) -> SpinSystem:
        molecule = load_molecule(name, ("gissmo", "govindaraju")[int(rng.integers(2))])
        groups = sorted(set(molecule.groups))
        moved = dict(zip(groups, rng.uniform(-0.02, 0.02, len(groups)), strict=True))
        shifts = molecule.shifts_ppm + np.array([moved[g] for g in molecule.groups])
        field_t = rng.uniform(7, 21)
        carrier = rng.uniform(shifts.min(), shifts.max())
        system = molecule.at(field_t, carrier)
        per_ppm = (system.offsets_hz[0] - molecule.at(field_t, carrier + 1.0).offsets_hz[0]) / 1.0
        index = {g: k for k, g in enumerate(groups)}
        factor = rng.uniform(0.95, 1.05, (len(groups), len(groups)))
        factor = np.triu(factor) + np.triu(factor, 1).T
        place = [index[g] for g in molecule.groups]
        couplings = molecule.couplings_hz * factor[np.ix_(place, place)]
        return system.with_(offsets_hz=(shifts - carrier) * per_ppm, couplings_hz=couplings)

    return Row(f"{name} {grid.horizon_s * 1e3:.0f} ms", systems, draw, grid, with_pairs=True)


def rows(systems: int, largest: int) -> list[Row]:
    """The rows of the tables; ``systems`` each, ``largest`` at N = 12 and above."""
    many = [random_row("chain", n, systems) for n in (4, 6, 8, 10)]
    many += [random_row("chain", 12, largest)]
    many += [random_row("chain", n, systems, 30.0) for n in (4, 6, 8, 10)]
    many += [random_row("chain", 12, largest, 30.0)]
    many += [random_row(kind, n, systems) for kind in ("ring", "star", "tree") for n in (6, 8)]
    many += [random_row(kind, 10, max(systems // 5, 5)) for kind in ("ring", "star", "tree")]
    many += [random_row("chain", n, max(largest // 4, 3), against="cluster:7") for n in (16, 20)]
    many += [random_row("chain", n, max(systems // 2, 5), grid=LONG_GRID) for n in (4, 6, 8, 10)]
    many += [random_row("chain", 12, max(largest // 4, 3), grid=LONG_GRID)]
    many += [random_row(kind, n, max(systems // 4, 5), grid=LONG_GRID) for kind in ("ring", "star") for n in (6, 8)]
    return many + [
        molecule_row(name, grid, max(systems // 5, 5)) for grid in (STANDARD_GRID, LONG_GRID) for name in MOLECULES
    ]


def measure(row: Row, surrogate: SpinGraph, seed: int = SEED) -> Measured:
    """Errors of the surrogate on one row."""
    name, _, size = row.against.partition(":")
    method = reference(name, **({"size": int(size)} if size else {}))
    pairs = reference("pair-product") if row.with_pairs else None
    found, gains, pair_errors = [], [], []
    for k in range(row.systems):
        system = row.draw(np.random.default_rng([seed, abs(hash_of(row.name)), k]))
        truth = method.simulate(system, row.grid)
        guess = surrogate.predict([system], row.grid).mean[0]
        found.append([metric.of(guess, truth, system) for metric in (RMSE_M, RMSE_I1Z, RELATIVE_M)])
        relative = found[-1][-1]
        if pairs is not None:
            pair = RELATIVE_M.of(pairs.simulate(system, row.grid), truth, system)
            pair_errors.append(pair)
            if pair > 1e-9:
                gains.append(pair / max(relative, 1e-15))
    m, z, relative = np.array(found).T
    return Measured(
        row.name, row.systems, float(m.mean()), float(m.max()), float(z.mean()), float(z.max()), float(relative.max()),
        max(pair_errors, default=None), min(gains, default=None),
    )  # fmt: skip


def hash_of(text: str) -> int:
    """A number from a name, the same in every process."""
    import zlib

    return zlib.crc32(text.encode())


def latency(surrogate: SpinGraph, spins: int = 12, batch: int = 4096, repeats: int = 5) -> dict[str, float]:
    """Median seconds per system, SpinSystem to Trajectory: chains one at a time (a different one each time, after three
    passes over them, so that what depends only on the grid is stored), and in a batch (after one).
    """
    rng = np.random.default_rng(SEED)
    systems = [topology("chain", spins, rng) for _ in range(batch)]
    single, many = [], []
    for k in range(4 * ONE_AT_A_TIME):
        start = time.perf_counter()
        surrogate.predict([systems[k % ONE_AT_A_TIME]], STANDARD_GRID)
        single.append(time.perf_counter() - start)
    for _ in range(1 + repeats):
        start = time.perf_counter()
        surrogate.predict(systems, STANDARD_GRID)
        many.append((time.perf_counter() - start) / batch)
    return {
        "single_s": float(np.median(single[3 * ONE_AT_A_TIME :])),
        "batch_s_per_system": float(np.median(many[1:])),
        "batch": batch,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; ``--json`` also writes the numbers."""
    from harness.tasks.spins.surrogates.spin_graph import load

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--systems", type=int, default=200)
    parser.add_argument("--largest", type=int, default=40, help="systems at N = 12 and above")
    parser.add_argument("--only", default="", help="rows whose name holds this text")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--no-network", action="store_true", help="the cluster expansion alone")
    parser.add_argument("--latency", action="store_true", help="latency instead of accuracy")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    surrogate = load(given.weights)
    if given.no_network:
        surrogate = replace(surrogate, networks=None)
    if given.latency:
        import torch

        torch.set_num_threads(1)
        found = latency(surrogate)
        print(
            f"one system {found['single_s'] * 1e3:.3f} ms, batch {found['batch_s_per_system'] * 1e6:.1f} µs per system"
        )
        return
    measured = []
    print(
        f"{'row':24s} {'n':>4s} {'M mean':>9s} {'worst':>9s} {'I1z mean':>9s} {'worst':>9s} {'rel.':>9s} pairs / gain"
    )
    for row in rows(given.systems, given.largest):
        if given.only not in row.name:
            continue
        one = measure(row, surrogate)
        measured.append(asdict(one))
        extra = "" if one.smallest_gain is None else f"{one.pair_product_relative_worst:.1e} / {one.smallest_gain:.0f}×"
        print(
            f"{one.row:24s} {one.systems:4d} {one.m_mean:9.1e} {one.m_worst:9.1e} {one.i1z_mean:9.1e} "
            f"{one.i1z_worst:9.1e} {one.relative_worst:9.1e} {extra}",
            flush=True,
        )
    if given.json:
        given.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
