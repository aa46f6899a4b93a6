"""spin-graph as a surrogate: systems in, trajectories out, in batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import tau
from typing import Any

import numpy as np
import torch

from harness.errors import InputError
from harness.spins import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.spins.phases import phases
from harness.surrogates.base import UNCERTAINTIES, DomainCheck, Prediction, Uncertainty
from harness.surrogates.conformal import KindCalibration, Traits
from harness.surrogates.domain import UNBRANCHED, Domain
from harness.surrogates.dropout import dropout_on
from harness.surrogates.kinds import crowding, hardness, kinds_of, mixings
from harness.surrogates.spin_graph.correlators import Energy, energies
from harness.surrogates.spin_graph.expansion import Expansion
from harness.surrogates.spin_graph.graphs import bonds_of, watched_bonds
from harness.surrogates.spin_graph.groups import Group, Memos, grouped
from harness.surrogates.spin_graph.networks import Networks
from harness.surrogates.spin_graph.one_system import OnePlan
from harness.surrogates.spin_graph.remainder import Remainder

PASSES = 10
SEED = 20260101
FIXED_POINTS = 31
INSIDE = DomainCheck({})


@dataclass(eq=False)
class SpinGraph:
    """Exact small clusters in frozen surroundings plus a learned remainder.

    Parameters
    ----------
    networks
        The trained networks, one per horizon; None gives the cluster expansion alone.
    domain
        Where they were trained. Grids longer than the networks' horizons are answered by the cluster expansion alone.
    record
        Of the weights.
    calibrations
        Conformal calibrations, one per horizon, or none.
    """

    networks: Networks | None
    domain: Domain
    record: Mapping[str, Any] = field(default_factory=dict)
    calibrations: Sequence[KindCalibration] = ()
    expansion: Expansion = field(default_factory=Expansion)

    _memos: Memos = field(default_factory=Memos, init=False, repr=False)

    def __post_init__(self) -> None:
        self._remainder = None if self.networks is None else Remainder(self.networks)

    name = "spin-graph"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")

    def predict(
        self,
        systems: Sequence[SpinSystem],
        grid: TimeGrid,
        uncertainty: Uncertainty = "none",
        observables: Sequence[str] = ("m", "i1z"),
    ) -> Prediction:
        """Predict every system on one grid, see :class:`harness.surrogates.Surrogate`.

        ``observables`` are some of :attr:`observables`; signals and polarisations of single spins cost extra.

        Raises
        ------
        InputError
            For an unknown ``uncertainty`` or observable, or conformal bands that were not calibrated.
        """
        if uncertainty not in UNCERTAINTIES:
            raise InputError(f"uncertainty {uncertainty!r} is unknown (known: {', '.join(UNCERTAINTIES)})")
        for name in observables:
            if name not in self.observables:
                raise InputError(f"observable {name!r} is unknown (known: {', '.join(self.observables)})")
        mean: list[Trajectory] = [None] * len(systems)  # type: ignore[list-item]
        spread: list[Trajectory] = [None] * len(systems)  # type: ignore[list-item]
        checks: list[DomainCheck] = [INSIDE] * len(systems)
        recalibrated = uncertainty == "mc" and bool(self.calibrations) and bool(self.calibrations[0].spreads)
        provenance = Provenance(
            self.name, "numpy", np.__version__, {"weights_sha256": str(self.record.get("sha256", ""))[:16]}
        )
        for group in grouped(systems, self._memos):
            for b in np.flatnonzero(~self._inside(group, grid)):
                row = int(group.rows[b])
                checks[row] = self.domain.check(systems[row], grid)
            rows = group.rows.tolist()
            columns = self._evaluate(group, grid, observables)
            for row, m, i1z, signals, polarisations in zip(rows, *columns, strict=True):
                mean[row] = Trajectory.of(grid, provenance, m, i1z, signals, polarisations)
            if uncertainty.startswith("mc") and not recalibrated:
                for row, std in zip(rows, self._spread(group, grid), strict=True):
                    spread[row] = Trajectory(grid, provenance, std.real, std.imag, np.zeros(grid.points))
        bands = None
        if recalibrated:
            raw = self.raw_spread(systems)
            assert raw is not None
            spread = self._calibration(grid).standard_deviations(kinds_of(systems), raw, grid, provenance)
        if uncertainty == "conformal":
            bands = self._calibration(grid).bands(self.traits(systems), grid)
        return Prediction(tuple(mean), tuple(checks), tuple(spread) if uncertainty.startswith("mc") else None, bands)

    def untrained(self) -> SpinGraph:
        """The cluster expansion alone, without anything that was learned."""
        return replace(self, networks=None, calibrations=())

    def traits(self, systems: Sequence[SpinSystem]) -> Traits:
        """What the uncertainty of these systems may depend on: the kind of each, and (n, 3) difficulties.

        These are the RMS of the learned remainder over the shortest network's horizon, whatever grid is asked for, and
        :func:`harness.surrogates.kinds.hardness`.
        """
        size = np.zeros(len(systems))
        if self.networks is not None and self._remainder is not None:
            for group in grouped(systems):
                found = self._remainder(group, self._fixed_grid)
                if found is not None:
                    size[group.rows] = np.sqrt(np.mean(np.abs(found) ** 2, axis=1))
        hard = np.array([hardness(system) for system in systems]).reshape(len(systems), 2)
        return Traits(kinds_of(systems), np.column_stack([size, hard]))

    def raw_spread(self, systems: Sequence[SpinSystem]) -> np.ndarray | None:
        """(n,) RMS over the shortest network's horizon and both components of M of the spread over dropout passes.

        None for a model without a network.
        """
        if self.networks is None:
            return None
        size = np.zeros(len(systems))
        for group in grouped(systems):
            size[group.rows] = np.sqrt(np.mean(np.abs(self._spread(group, self._fixed_grid)) ** 2, axis=1) / 2)
        return size

    @property
    def _fixed_grid(self) -> TimeGrid:
        """The grid on which difficulties are measured, whatever grid is asked for."""
        assert self.networks is not None
        return TimeGrid(FIXED_POINTS, self.networks.horizons[0] / (FIXED_POINTS - 1))

    def energy(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        """<H>(t)/√(Tr H² · Tr I_1z²) from ρ0 = I_1z, (T,): conserved by construction."""
        (budget,) = self.energy_budgets([system], grid)
        return budget.total / budget.scale

    def energy_budgets(self, systems: Sequence[SpinSystem], grid: TimeGrid) -> tuple[Energy, ...]:
        """<H>(t) from ρ0 = I_1z with its parts, see :mod:`harness.surrogates.spin_graph.correlators`."""
        found: list[Energy] = [None] * len(systems)  # type: ignore[list-item]
        for group in grouped(systems, self._memos):
            for row, energy in zip(group.rows.tolist(), energies(self.expansion, group, grid), strict=True):
                found[row] = energy
        return tuple(found)

    def _inside(self, group: Group, grid: TimeGrid) -> np.ndarray:
        """(B,) bool: systems that surely lie inside the domain (the others are checked limit by limit)."""
        d = self.domain
        if "degree" not in group.memo:
            group.memo["degree"] = int(np.count_nonzero(group.couplings[0], axis=1).max())
        kinds = 1 if group.all_alike else len(set(group.isotopes))
        if not d.spins[0] <= group.spins <= d.spins[1] or group.memo["degree"] > d.degree or kinds > d.isotopes:
            return np.zeros(len(group), dtype=bool)
        if grid.horizon_s > d.horizon_s * (1 + 1e-9):
            return np.zeros(len(group), dtype=bool)
        strength = np.abs(group.couplings).reshape(len(group), -1)
        inside = np.abs(group.offsets).max(axis=1) <= tau * d.offset_hz
        inside &= strength.max(axis=1) <= tau * d.coupling_hz[1]
        if d.coupling_hz[0] > 0:
            inside &= np.where(strength > 0, strength, np.inf).min(axis=1) >= tau * d.coupling_hz[0]
        if d.crowding is not None and group.memo["degree"] > UNBRANCHED:
            inside &= crowding(mixings(group.offsets, group.couplings, group.alike), group.tagged) <= d.crowding
        return inside

    def _evaluate(self, group: Group, grid: TimeGrid, observables: Sequence[str]) -> list[Sequence[Any]]:
        """M, I_1z, signals and polarisations of a group, each a sequence over systems (of None if not asked for)."""
        nothing = [None] * len(group)
        if len(group) == 1 and "m" in observables and "i1z" in observables and len(observables) == 2:
            plan = self._one(group)
            if plan is not None:
                one, other = plan.signals(self.expansion, self._remainder, group, grid)
                return [[one], [other], nothing, nothing]
        m, i1z, signals, polarisations = nothing, nothing, nothing, nothing
        if "spin_signals" in observables:
            signals = self._transverse(group, grid, per_spin=True)
            m = [one.mean(axis=0) for one in signals] if "m" in observables else nothing
        elif "m" in observables:
            m = self._transverse(group, grid, per_spin=False)
        if "spin_polarisations" in observables:
            polarisations = self._longitudinal(group, grid, per_spin=True)
            i1z = [one[group.tagged] for one in polarisations] if "i1z" in observables else nothing
        elif "i1z" in observables:
            i1z = self._longitudinal(group, grid, per_spin=False)
        return [m, i1z, signals, polarisations]

    def _one(self, group: Group) -> OnePlan | None:
        """The plan for one system at a time of this kind, if there is one."""
        if OnePlan not in group.memo:
            group.memo[OnePlan] = OnePlan.of(self.expansion, group, bonds_of(watched_bonds(group)))
        return group.memo[OnePlan]

    def _transverse(self, group: Group, grid: TimeGrid, per_spin: bool) -> list[Any]:
        """M or the signals, system by system."""
        found: list[Any] = []
        for part in self.expansion.chunks(group, longitudinal=False):
            remainder = None if self._remainder is None else self._remainder(part, grid, per_spin)
            found.extend(self.expansion.transverse(part, grid, per_spin, remainder))
        return found

    def _longitudinal(self, group: Group, grid: TimeGrid, per_spin: bool) -> list[Any]:
        """I_1z or the polarisations, system by system."""
        parts = self.expansion.chunks(group, longitudinal=True)
        return [one for part in parts for one in self.expansion.longitudinal(part, grid, per_spin)]

    def _spread(self, group: Group, grid: TimeGrid) -> np.ndarray:
        """Standard deviations of Mx + i·My over passes with dropout on, (B, T) complex."""
        nothing = np.zeros((len(group), grid.points), complex)
        if self.networks is None or self._remainder is None:
            return nothing
        with torch.random.fork_rng(devices=[]), dropout_on(self.networks):
            torch.manual_seed(SEED)
            passes = [self._remainder(group, grid, mc=True) for _ in range(PASSES)]
        found = [one for one in passes if one is not None]
        if not found:
            return nothing
        every = np.stack(found) * phases(group.centre, grid)
        return every.real.std(axis=0, ddof=1) + 1j * every.imag.std(axis=0, ddof=1)

    def _calibration(self, grid: TimeGrid) -> KindCalibration:
        for calibration in self.calibrations:
            if grid.horizon_s <= calibration.grid.horizon_s * (1 + 1e-9):
                return calibration
        if not self.calibrations:
            raise InputError(f"{self.name}: no conformal calibration; run 'harness train calibrate'")
        return self.calibrations[-1]
