"""Which method for this system, this horizon and this error: measured where that is fast, estimated where it is not.

The errors of the formulas, clusters and trained surrogates are found on the system itself, each from its difference to
a reference: ``exact`` where it takes no longer than :data:`JUDGE_S`, else the finest approximation of weak coupling,
pair product, clusters of 3, 5, 7 spins, whose own error is then not known (a small difference to it is no proof: on
leucine clusters of 7 differ from exact by 1.7e-3). There growing clusters are tried as well, which give an error
estimate. Times are measured in the same runs. A surrogate is considered only where its own domain check passes
(``in_domain``). Times of the exact methods that are not run are operation counts times constants of one core (measured
on a 2020s server core; they are rough estimates).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.memory import fits_memory
from harness.suites.metrics import rmse
from harness.tasks.spins.references import exact, liouville, reference
from harness.tasks.spins.references.advice_reasons import no_answer, no_gain, reasons_for
from harness.tasks.spins.references.cluster import Cluster
from harness.tasks.spins.references.cost_estimates import (
    EIGEN_S,
    dense_s,
    exact_s,
    products_s,
    seconds_or_infinity,
    states_s,
)
from harness.tasks.spins.references.grown_cluster import WORK, GrownCluster
from harness.tasks.spins.references.limits import bytes_of, typicality_bytes
from harness.tasks.spins.references.option import JUDGE_S, LONGEST_S, STATED, Advice, Option, in_words
from harness.tasks.spins.references.relaxing_advice import advise_relaxing
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.checks import refuse_unresolved

FORMULAS = (("weak-coupling", {}), ("pair-product", {}), *(("cluster", {"size": size}) for size in (3, 5, 7)))
"""From coarse to fine; the last that fits is the reference for the others."""
SURROGATE_BYTES = 2.5e8
"""Growth of a process that loads torch and spin-graph and predicts valine (measured)."""
TRIED_WORK = 5e8
"""Work of grown clusters (:data:`harness.tasks.spins.references.grown_cluster.WORK`) that is tried where exact
is too slow: some seconds."""
CLUSTER_LIMIT = 11
"""Clusters of more spins (a large equivalent group) are not tried for comparison: they cost as much as the answer."""


def advise(system: SpinSystem, grid: TimeGrid, error: float = 1e-3) -> Advice:
    """Compare the methods for M of ``system`` on ``grid`` with an RMSE of at most ``error``.

    Raises
    ------
    InputError
        Unless 0 < ``error`` < 1, or if double precision does not resolve the phases on this grid.
    """
    if not 0 < error < 1:
        raise InputError(f"error = {error!r}: must be a number between 0 and 1 (RMSE of M)")
    refuse_unresolved(system, grid)
    if system.relaxation is not None:
        return advise_relaxing(system, grid, error)
    judge = _judge(system, grid)
    surrogates, outside = _surrogates(system, grid, judge)
    options = [*_formulas(system, grid, judge), *surrogates, *_exact_kind(system, grid, error, judge)]
    options += _grown(system, grid) if judge.seconds is None else []
    usable = [o for o in options if not o.refused and o.error <= error]
    chosen = min(usable, key=lambda o: o.seconds) if usable else None
    ranked = sorted(options, key=lambda o: (bool(o.refused), o.seconds))
    reasons = [*reasons_for(system, grid, error, chosen, judge.ratio), *no_gain(options)]
    if chosen is None:
        reasons.insert(0, no_answer(options, error))
    if outside:
        reasons.append(f"spin-graph does not trust its own answer here and is left out ({outside})")
    return Advice(tuple(ranked), chosen, judge.ratio, tuple(reasons))


@dataclass(frozen=True, eq=False)
class _Judge:
    """The reference for the others; ``tried``: label, method, M, seconds. ``seconds`` is that of ``exact``."""

    label: str
    m: np.ndarray
    seconds: float | None
    tried: tuple[tuple[str, str, np.ndarray, float], ...]

    @property
    def ratio(self) -> float:
        return 1 / rmse(self.m)

    def option(self, label: str, method: str, m: np.ndarray, seconds: float, memory: float) -> Option:
        error = rmse(m - self.m)
        return Option(label, method, error, error * self.ratio, f"to {self.label}", seconds, "measured", memory)


def _judge(system: SpinSystem, grid: TimeGrid) -> _Judge:
    signals: list[tuple[str, str, np.ndarray, float]] = []
    largest = max(len(group) for group in system.equivalent_groups())
    for method, options in FORMULAS:
        size = options.get("size", 2)
        if method == "cluster" and size + largest - 1 > CLUSTER_LIMIT:
            continue
        subject = reference(method, **options)
        subject.simulate(system, TimeGrid(1, grid.dt_s), ("m",))
        began = time.perf_counter()
        m = subject.simulate(system, grid, ("m",)).m
        label = f"{method} --size {size}" if options else method
        signals.append((label, method, m, time.perf_counter() - began))
    largest_part = max((system.subsystem(spins) for spins in system.components()), key=len)
    fits = fits_memory(bytes_of(lambda: exact.memory_bytes(largest_part, grid)))
    if fits and seconds_or_infinity(lambda: exact_s(largest_part, grid)) <= JUDGE_S:
        subject = reference("exact")
        subject.simulate(system, TimeGrid(1, grid.dt_s), ("m",))
        began = time.perf_counter()
        truth = subject.simulate(system, grid, ("m",)).m
        return _Judge("exact", truth, time.perf_counter() - began, tuple(signals))
    label, _, finest, _ = signals[-1]
    return _Judge(label, finest, None, tuple(signals[:-1]))


def _formulas(system: SpinSystem, grid: TimeGrid, judge: _Judge) -> list[Option]:
    memory = 2e6 + 64.0 * len(system) * grid.points
    return [judge.option(label, method, m, seconds, memory) for label, method, m, seconds in judge.tried]


def _surrogates(system: SpinSystem, grid: TimeGrid, judge: _Judge) -> tuple[list[Option], str]:
    """Trained models that pass their domain check, measured like the formulas; and why spin-graph does not pass its
    own.

    A model that has no network for this system, or refuses the grid, is left out.
    """
    from harness.surrogates import SURROGATES, load_surrogate

    found, outside = [], ""
    for name in SURROGATES:
        try:
            model = load_surrogate(name)
            check = model.predict([system], grid).in_domain[0]
            began = time.perf_counter()
            m = model.predict([system], grid).mean[0].m
            seconds = time.perf_counter() - began
        except InputError as error:
            outside = str(error) if name == "spin-graph" else outside
            continue
        if check:
            found.append(judge.option(name, name, m, seconds, SURROGATE_BYTES))
        elif name == "spin-graph":
            outside = ", ".join(f"{limit} {excess:+.3g}" for limit, excess in check.exceeded.items())
    return found, outside


def _exact_kind(system: SpinSystem, grid: TimeGrid, error: float, judge: _Judge) -> list[Option]:
    """The methods whose error comes from rounding, a tolerance or random states: costs are estimated."""
    parts = [system.subsystem(spins) for spins in system.components()]
    largest, n = max(parts, key=len), len(system)
    tolerance, rounding = max(error / 10, 1e-10), 1e-12
    noise = 1.5 * 2.0 ** (-n / 2) / np.sqrt(2)

    def blocks_s() -> float:
        return sum(exact_s(part, grid) for part in parts)

    def polynomials_s() -> float:
        return products_s(parts, grid, tolerance)

    given = f" --tolerance {tolerance:.0e}"
    candidates = (
        ("exact", "", rounding, blocks_s, lambda: exact.memory_bytes(largest, grid)),
        ("krylov", given, tolerance, lambda: 0.8 * polynomials_s(), lambda: liouville.memory_bytes(largest, 8)),
        ("chebyshev", given, tolerance, polynomials_s, lambda: liouville.memory_bytes(largest, 10)),
        ("typicality", "", noise, lambda: states_s(system, grid), lambda: typicality_bytes(system)),
        ("dense", "", rounding, lambda: dense_s(n, grid), lambda: 112.0 * 4.0**n),
    )
    found = []
    for method, options, err, seconds, memory in candidates:
        known = "standard error" if method == "typicality" else "by tolerance" if err == tolerance else "rounding"
        needed = bytes_of(memory)
        cost, source = seconds_or_infinity(seconds) + 2e-3, "estimated"
        if method == judge.label and judge.seconds is not None:
            cost, source = judge.seconds, "measured"
        refused = f"needs {needed:.2g} bytes" if not fits_memory(needed) else ""
        if not refused and cost > LONGEST_S:
            refused = f"takes {in_words(cost)}"
        relative = float(err) * judge.ratio
        found.append(Option(method + options, method, float(err), relative, known, cost, source, needed, refused))
    return found


def _grown(system: SpinSystem, grid: TimeGrid) -> list[Option]:
    """Growing clusters with a part of their usual work: their estimate is then the error of smaller clusters."""
    largest = system.subsystem(Cluster(GrownCluster().largest).cluster_of(system, system.tagged_spin))
    began = time.perf_counter()
    try:
        found = GrownCluster(work=TRIED_WORK).simulate(system, grid, ("m",))
    except InputError:
        return []
    seconds = time.perf_counter() - began + 3 * EIGEN_S * WORK
    relative = float(found.provenance.details["error_estimate"])
    ratio = 1 / rmse(found.m)
    needed = bytes_of(lambda: exact.memory_bytes(largest, grid, ("spin_signals",)))
    return [Option("grown-cluster", "grown-cluster", relative / ratio, relative, STATED, seconds, "estimated", needed)]
