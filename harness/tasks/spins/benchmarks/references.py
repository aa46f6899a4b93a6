"""What to time: every reference and every peer on the same chains, with their error against exact."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from harness.benchmark.growth import growth
from harness.benchmark.runner import SCHEMA, Job
from harness.suites.metrics import rmse
from harness.tasks.spins.benchmarks.product_basis import ProductBasis
from harness.tasks.spins.peers import PEERS as PACKAGES
from harness.tasks.spins.peers import driver
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory, topology
from harness.tasks.spins.systems.gissmo import library

TARGET = "harness.benchmark.references:prepare"
"""By its name of version 0.1 (:mod:`harness.moved`): the text enters the keys of stored measurements."""

# Name in tables, method, options, largest N that is timed by default: beyond it a run takes minutes.
METHODS: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("weak-coupling", "weak-coupling", {}, 20),
    ("pair-product", "pair-product", {}, 20),
    ("cluster 3", "cluster", {"size": 3}, 20),
    ("cluster 5", "cluster", {"size": 5}, 20),
    ("cluster 7", "cluster", {"size": 7}, 20),
    ("exact", "exact", {}, 14),
    ("exact, M alone", "exact", {}, 14),
    ("krylov", "krylov", {}, 12),
    ("chebyshev", "chebyshev", {}, 12),
    ("chebyshev order 50", "chebyshev", {"order": 50}, 8),
    ("typicality", "typicality", {}, 16),
    ("dense", "dense", {}, 8),
    ("rk4", "rk4", {}, 8),
    ("product basis", "product-basis", {}, 0),  # by name only: the simple equivalent of exact, for long grids
)
PEERS: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("nmrsim", "nmrsim", {"cutoff": 1e-9}, 10),
    ("qutip eigenstates", "qutip", {}, 10),
    ("qutip mesolve", "qutip", {"method": "vern7"}, 6),
    ("spinguin order 3", "spinguin", {"max_spin_order": 3, "propagation": "steps"}, 12),
    ("spinguin complete", "spinguin", {"max_spin_order": "complete", "propagation": "steps"}, 6),
)
M_ALONE = ("exact, M alone", "product basis")
"""Rows of our methods that compute M alone, as the peers compute nothing else."""
SIZES = (4, 6, 8, 10, 12)
MOLECULES_AT_T = 11.74
COMPARED = 12
"""Largest N whose error against exact is measured: beyond it exact costs more than the method under test."""


def jobs(
    sizes: Sequence[int] = SIZES,
    names: Sequence[str] | None = None,
    peers: bool = False,
    observables: Sequence[str] = ("m", "i1z"),
    points: int = 300,
    dt_s: float = 1e-4,
    kind: str = "chain",
    seed: int = 0,
) -> list[Job]:
    """One job per method and size; ``names`` picks rows of the tables by name, also beyond their default sizes."""
    chosen = [("ours", *row) for row in METHODS] + ([("peer", *row) for row in PEERS] if peers or names else [])
    if names:
        chosen = [row for row in chosen if row[1] in names]
    found = []
    for group, name, method, options, largest in chosen:
        for size in sizes:
            if size <= largest or names:
                requested = ["m"] if group == "peer" or name in M_ALONE else list(observables)
                arguments = {
                    "source": group,
                    "method": method,
                    "options": options,
                    "kind": kind,
                    "size": size,
                    "seed": seed,
                    "points": points,
                    "dt_s": dt_s,
                    "observables": requested,
                }
                job = Job(name, size, TARGET, arguments, group, "+".join(requested))
                if group == "peer":
                    job = replace(job, imports=(method,), known_as=PACKAGES[method].known_as)
                found.append(job)
    return found


def prepare(
    source: str,
    method: str,
    options: dict[str, Any],
    kind: str,
    size: int,
    seed: int,
    points: int,
    dt_s: float,
    observables: Sequence[str],
) -> tuple[Callable[[], Trajectory], Callable[[Trajectory], dict[str, Any]]]:
    """The call to time, from SpinSystem to Trajectory, and the record of its result; runs in the child process."""
    from harness.tasks.spins.references import reference

    system = case(kind, size, seed)
    grid = TimeGrid(points, dt_s)
    subject = _made(source, method, options)

    def call() -> Trajectory:
        return subject.simulate(system, grid, tuple(observables))

    def facts(result: Trajectory) -> dict[str, Any]:
        if method == "exact" or size > COMPARED:
            return {}
        truth = reference("exact").simulate(system, grid, tuple(observables))
        found: dict[str, Any] = {}
        if result.mx is not None:
            found["rmse_m"] = rmse(result.m - truth.m)
        if result.i1z is not None and truth.i1z is not None:
            found["rmse_i1z"] = rmse(result.i1z - truth.i1z)
        return found

    return call, facts


def _made(source: str, method: str, options: dict[str, Any]) -> Any:
    """What is timed: a peer, a reference, or the simple equivalent of exact."""
    from harness.tasks.spins.references import reference

    if source == "peer":
        return driver(method, **options)
    return ProductBasis() if method == "product-basis" else reference(method, **options)


def case(kind: str, size: int, seed: int) -> SpinSystem:
    """The system that all methods are timed on: offsets ±250 Hz, J 5-20 Hz; or the one of the library with the key
    ``kind``, at ``MOLECULES_AT_T``."""
    if kind in library().systems:
        return library().systems[kind].molecule(library().head).at(MOLECULES_AT_T)
    return topology(kind, size, np.random.default_rng([seed, size]))


def of_library(word: str) -> tuple[str, list[int]]:
    """``kind`` and ``sizes`` of :func:`jobs` for one system of the library, by its key, entry or name.

    Raises
    ------
    InputError
        If no system or more than one answers to the word.
    """
    found = library().find(word)
    if len(found) != 1:
        library().molecule(word)  # the error message lists the known names
    return found[0].key, [len(found[0])]


def extrapolated(records: Sequence[dict[str, Any]], name: str, sizes: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Records of ``name`` at sizes where it was not run, from the growth of the measured ones, marked as such."""
    mine = [r for r in records if r["name"] == name and "error" not in r]
    fitted = growth([r["size"] for r in mine], [r["timing"]["wall_s"] for r in mine])
    if fitted is None:
        return
    for size in sorted(set(sizes) - {r["size"] for r in mine}):
        if size > max(fitted.sizes):
            timing = {"wall_s": fitted.at(size), "wall_std_s": 0.0, "cpu_s": fitted.at(size), "runs": 0, "spread": 0.0}
            timing["flagged"] = f"extrapolated from N = {', '.join(map(str, fitted.sizes))}"
            yield {
                "schema": SCHEMA,
                "name": name,
                "size": size,
                "group": mine[0]["group"],
                "note": "extrapolated",
                "timing": timing,
                "facts": {},
            }


def spinach_records() -> list[dict[str, Any]]:
    """Times of Spinach on chains from the packaged cache: median over its entries of each size, M and I_1z together."""
    from harness.resources import shared_folder
    from harness.tasks.spins.spinach.cache import SpinachCache

    times: dict[tuple[str, int, int, str], list[tuple[float, float]]] = {}
    for entry in SpinachCache((shared_folder("spinach_cache"),)).entries(role=("chain", "chain-truncated")):
        cpu = float(sum(entry.details["stages_cpu_s"].values()))
        key = (entry.engine, len(entry.system), entry.grid.points, entry.basis)
        times.setdefault(key, []).append((entry.wall_s, cpu))
    records = []
    for (engine, size, points, basis), taken in sorted(times.items()):
        walls = [wall for wall, _ in taken]
        timing = {
            "wall_s": statistics.median(walls),
            "wall_std_s": statistics.stdev(walls) if len(walls) > 1 else 0.0,
            "cpu_s": statistics.median(cpu for _, cpu in taken),
            "runs": len(taken),
            "flagged": "from the cache: no protocol, no warm-up",
        }
        timing["spread"] = timing["wall_std_s"] / timing["wall_s"]
        name = engine if basis == "complete" else f"{engine}, {basis}"
        records.append(
            {
                "schema": SCHEMA,
                "name": name,
                "size": size,
                "group": "cache",
                "note": f"{points} points",
                "timing": timing,
                "facts": {},
            }
        )
    return records
