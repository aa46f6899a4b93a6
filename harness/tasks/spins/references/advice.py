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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, pi, tau

import numpy as np

from harness.errors import InputError
from harness.memory import fits_memory
from harness.suites.metrics import rmse
from harness.tasks.spins.references import exact, liouville, reference
from harness.tasks.spins.references.chebyshev import needed_order
from harness.tasks.spins.references.cluster import Cluster
from harness.tasks.spins.references.composite import block_sizes
from harness.tasks.spins.references.grown_cluster import WORK, GrownCluster
from harness.tasks.spins.references.limits import bytes_of, typicality_bytes
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.checks import refuse_unresolved
from harness.tasks.spins.systems.equivalence import equivalent_groups

EIGEN_S = 4e-10
"""Seconds per d³: eigenvectors and three products of a real symmetric block."""
SUM_S = 5e-10
"""Seconds per transition and sample of the double sum."""
LINE_S = 2e-7
"""Seconds per line: its frequency, its intensity, and its share of a non-uniform FFT."""
POINT_S = 3e-7
"""Seconds per point of the grid of that FFT."""
LIOUVILLE_S = 4e-9
"""Seconds per element of a coherence block, per coupling or offset, per product with L."""
STATE_S = 1.8e-8
"""Seconds per component of the four random states, per coupling or offset, per product with H."""
DENSE_S = 4e-10
"""Seconds per element of a dense complex product, (2^N)³ of them."""
FORMULAS = (("weak-coupling", {}), ("pair-product", {}), *(("cluster", {"size": size}) for size in (3, 5, 7)))
"""From coarse to fine; the last that fits is the reference for the others."""
SURROGATE_BYTES = 2.5e8
"""Growth of a process that loads torch and spin-graph and predicts valine (measured)."""
JUDGE_S = 2.0
"""Seconds that ``exact`` may take to be the reference (estimated): chains of about 12 spins."""
STATED = "stated by itself"
"""Source of an error that a method estimates of itself, from two sizes of its clusters."""
LONGEST_S = 3600.0
"""Seconds of computing that are still recommended (estimated)."""
TRIED_WORK = 5e8
"""Work of grown clusters (:data:`harness.tasks.spins.references.grown_cluster.WORK`) that is tried where exact
is too slow: some seconds."""
CLUSTER_LIMIT = 11
"""Clusters of more spins (a large equivalent group) are not tried for comparison: they cost as much as the answer."""


@dataclass(frozen=True)
class Option:
    """One method on this system: errors of M and how they are known, seconds, bytes, and why not, if not.

    ``error`` is the RMSE, ``relative`` the relative error ‖ΔM‖/‖M‖ (docs/conventions.md).
    """

    label: str
    method: str
    error: float
    relative: float
    error_source: str
    seconds: float
    seconds_source: str
    memory_bytes: float
    refused: str = ""


@dataclass(frozen=True)
class Advice:
    """Every option, cheapest first among the usable ones, and the one to take.

    ``ratio`` is that of the relative error to the RMSE, √2 over the RMS of |M|: one number for all methods.
    """

    options: tuple[Option, ...]
    chosen: Option | None
    ratio: float
    reasons: tuple[str, ...]


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
    judge = _judge(system, grid)
    surrogates, outside = _surrogates(system, grid, judge)
    options = [*_formulas(system, grid, judge), *surrogates, *_exact_kind(system, grid, error, judge)]
    options += _grown(system, grid) if judge.seconds is None else []
    usable = [o for o in options if not o.refused and o.error <= error]
    chosen = min(usable, key=lambda o: o.seconds) if usable else None
    ranked = sorted(options, key=lambda o: (bool(o.refused), o.seconds))
    reasons = [*_reasons(system, grid, error, chosen, judge.ratio), *_no_gain(options)]
    if chosen is None:
        reasons.insert(0, _no_answer(options, error))
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
    if fits and _seconds(lambda: _exact_s(largest_part, grid)) <= JUDGE_S:
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
        return sum(_exact_s(part, grid) for part in parts)

    def products_s() -> float:
        return sum(LIOUVILLE_S * _elements(part) * _terms(part) * _order(part, grid, tolerance) / 2 for part in parts)

    def states_s() -> float:
        order = needed_order(_radius(system) / 2 * 6 * grid.dt_s, 1e-8)
        return STATE_S * 2.0**n * (_terms(system) / 2) * order * grid.points / 6

    def dense_s() -> float:
        return 2 * DENSE_S * 8.0**n * grid.points

    given = f" --tolerance {tolerance:.0e}"
    candidates = (
        ("exact", "", rounding, blocks_s, lambda: exact.memory_bytes(largest, grid)),
        ("krylov", given, tolerance, lambda: 0.8 * products_s(), lambda: liouville.memory_bytes(largest, 8)),
        ("chebyshev", given, tolerance, products_s, lambda: liouville.memory_bytes(largest, 10)),
        ("typicality", "", noise, states_s, lambda: typicality_bytes(system)),
        ("dense", "", rounding, dense_s, lambda: 112.0 * 4.0**n),
    )
    found = []
    for method, options, err, seconds, memory in candidates:
        known = "standard error" if method == "typicality" else "by tolerance" if err == tolerance else "rounding"
        needed = bytes_of(memory)
        cost, source = _seconds(seconds) + 2e-3, "estimated"
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


def in_words(seconds: float) -> str:
    """A span of time with two digits in the unit that suits it."""
    for unit, size in (("years", 365.25 * 86400), ("days", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0)):
        if seconds >= size:
            return f"{seconds / size:.2g} {unit}"
    return f"{seconds * 1e3:.3g} ms"


def _seconds(estimate: Callable[[], float]) -> float:
    """An estimate of time; infinity where the method would raise an error, or numbers overflow."""
    try:
        return bytes_of(estimate)
    except InputError:
        return inf


def _elements(part: SpinSystem) -> float:
    return 4.0 ** len(part) / np.sqrt(pi * max(1, len(part)))


def _terms(part: SpinSystem) -> int:
    return 2 + int(np.count_nonzero(np.triu(part.couplings_hz)))


def _order(part: SpinSystem, grid: TimeGrid, tolerance: float) -> int:
    return needed_order(_radius(part) * grid.horizon_s, tolerance)


def _exact_s(system: SpinSystem, grid: TimeGrid) -> float:
    """Seconds of exact for M of one connected system: every block of composite spins is diagonalised, then the lines
    are added up by a non-uniform FFT, or, of few points of a small system, one by one."""
    groups = equivalent_groups(system)
    few = len(system) <= exact.SMALL and grid.points <= exact.FEW_POINTS
    sizes = list(block_sizes(system, [(k,) for k in range(len(system))] if few else groups))
    cubes = sum(float(np.sum(one**3)) for one in sizes)
    lines = sum(float(np.sum(one**2)) for one in sizes)
    adding = SUM_S * 2 * lines * grid.points if few else LINE_S * lines + POINT_S * grid.points
    return EIGEN_S * cubes + adding


def _radius(system: SpinSystem) -> float:
    """Half the spectral width of L in rad/s, about: offsets from their mean, and couplings."""
    offsets = np.abs(system.offsets_hz - system.offsets_hz.mean()).sum()
    return tau * (offsets + 1.5 * np.abs(np.triu(system.couplings_hz)).sum()) / 1.4


def _reasons(system: SpinSystem, grid: TimeGrid, error: float, chosen: Option | None, ratio: float) -> list[str]:
    from harness.tasks.spins.systems.checks import aliased

    lines = []
    parts = system.components()
    if len(parts) > 1:
        lines.append(f"{len(parts)} uncoupled parts, solved one by one; the largest has {max(map(len, parts))} spins")
    groups = [g for g in system.equivalent_groups() if len(g) > 1]
    if groups:
        words = "; ".join("{" + ", ".join(system.labels[k] for k in g) + "}" for g in groups)
        lines.append(f"equivalent groups {words}: couplings inside them do not show in M, but in i1z of a member")
    strongest = _strongest(system)
    if strongest is not None:
        label, value = strongest
        strength = "strong" if value > 0.3 else "intermediate" if value > 0.05 else "weak"
        lines.append(f"{strength} coupling: largest |J|/(|D|+|J|) between inequivalent spins is {value:.2g} ({label})")
    if line := aliased(system, grid):
        lines.append(line)
    if chosen is not None and chosen.error_source == "to exact":
        lines.append("its error is measured on this system")
    elif chosen is not None and chosen.error_source == STATED:
        lines.append("its error is that of smaller clusters, as it states it; the run states its own (error_estimate)")
    elif chosen is not None and chosen.error_source.startswith("to "):
        lines.append("its error is its distance to the finest approximation tried, whose own error is not known here")
    relative = f"the relative error |dM|/|M| is {ratio:.2g} times the RMSE here"
    if chosen is not None and chosen.relative > error >= chosen.error:
        relative += f": {chosen.label} misses {error:g} if that is meant, as the suites do for molecules"
    lines.append(relative)
    return lines


def _no_answer(options: Sequence[Option], error: float) -> str:
    """The best possible method where none reaches ``error``."""
    possible = [o for o in options if not o.refused]
    line = f"no method reaches {error:g} here, for rounding, memory or more than {in_words(LONGEST_S)} of computing"
    if not possible:
        return f"{line}: take a shorter horizon or fewer points"
    best = min(possible, key=lambda o: o.error)
    return f"{line}: the finest is {best.label} with {best.error:.1e} ({best.error_source}); relax the error to that"


def _no_gain(options: Sequence[Option]) -> list[str]:
    """Surrogates that are slower than the exact answer on this system, by the times just measured."""
    from harness.surrogates import SURROGATES

    judged = next(o for o in options if o.method == "exact")
    if judged.seconds_source != "measured":
        return []
    slower = [o for o in options if o.method in SURROGATES and o.seconds > judged.seconds]
    if not slower:
        return []
    named = ", ".join(f"{o.label} (off by {o.relative:.1g} relative)" for o in slower)
    return [f"slower than exact for this one system, so that nothing is gained: {named}"]


def _strongest(system: SpinSystem) -> tuple[str, float] | None:
    j = np.abs(np.triu(system.couplings_hz)) * system.same_isotope
    d = np.abs(system.offsets_hz[:, None] - system.offsets_hz[None, :])
    ratio = np.divide(j, d + j, out=np.zeros_like(j), where=(j > 0) & (d > 1e-2))
    if not ratio.any():
        return None
    i, k = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    return f"{system.labels[i]}-{system.labels[k]}", float(ratio[i, k])
