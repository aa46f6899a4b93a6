"""spin-graph as a surrogate: systems in, trajectories out, in batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.surrogates.base import UNCERTAINTIES, DomainCheck, Uncertainty, checked_systems
from harness.surrogates.conformal import KindCalibration, Traits
from harness.surrogates.memory import require_few_bytes
from harness.tasks.spins.references.base import refuse_relaxing
from harness.tasks.spins.surrogates.domain import Domain
from harness.tasks.spins.surrogates.kinds import hardness, kinds_of
from harness.tasks.spins.surrogates.physical import onto_disc
from harness.tasks.spins.surrogates.prediction import Prediction, other_method, spread_of
from harness.tasks.spins.surrogates.spin_graph.checks import INSIDE, Answer, checked
from harness.tasks.spins.surrogates.spin_graph.correlators import Energy, energies
from harness.tasks.spins.surrogates.spin_graph.expansion import Expansion
from harness.tasks.spins.surrogates.spin_graph.groups import Group, Memos, grouped
from harness.tasks.spins.surrogates.spin_graph.memory import predicted_bytes
from harness.tasks.spins.surrogates.spin_graph.one import signals_of_one
from harness.tasks.spins.surrogates.spin_graph.remainder import Remainder
from harness.tasks.spins.surrogates.spin_graph.second_opinion import Checks
from harness.tasks.spins.surrogates.spin_graph.trained import TrainedNetworks
from harness.tasks.spins.systems import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.tasks.spins.systems.phases import phases

PASSES = 10
SEED = 20260101
FIXED_POINTS = 31


@dataclass(eq=False, repr=False)
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

    networks: TrainedNetworks | None
    domain: Domain
    record: Mapping[str, Any] = field(default_factory=dict)
    calibrations: Sequence[KindCalibration] = ()
    expansion: Expansion = field(default_factory=Expansion)

    _memos: Memos = field(default_factory=Memos, init=False, repr=False)

    def __post_init__(self) -> None:
        self._remainder = None if self.networks is None else Remainder(self.networks)

    name = "spin-graph"
    observables = ("m", "i1z", "spin_signals", "spin_polarisations")
    banded = ("m", "i1z")
    more = frozenset({"energy"})

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
            For an unknown ``uncertainty`` or observable, bands that were not calibrated, or a grid that would need more
            than some gigabytes; before anything is allocated.
        """
        systems = checked_systems(systems, grid, SpinSystem)
        for system in systems:
            refuse_relaxing(system, self.name)
        if uncertainty not in UNCERTAINTIES:
            raise InputError(f"uncertainty {uncertainty!r} is unknown (known: {', '.join(UNCERTAINTIES)})")
        for name in observables:
            if name not in self.observables:
                raise InputError(f"observable {name!r} is unknown (known: {', '.join(self.observables)})")
        per_spin = any(name.startswith("spin_") for name in observables)
        remedy = other_method(systems) if systems else ""
        require_few_bytes(self.name, systems, grid, lambda some: predicted_bytes(some, grid, per_spin), remedy)
        mean: list[Trajectory] = [None] * len(systems)  # type: ignore[list-item]
        spread: list[Trajectory] = [None] * len(systems)  # type: ignore[list-item]
        checks: list[DomainCheck | None] = [INSIDE] * len(systems)
        recalibrated = uncertainty == "mc" and bool(self.calibrations) and bool(self.calibrations[0].spreads)
        provenance = Provenance(
            self.name, "numpy", np.__version__, {"weights_sha256": str(self.record.get("sha256", ""))[:16]}
        )
        for group in grouped(systems, self._memos):
            rows = group.rows.tolist()
            answer = self._evaluate(group, grid, observables)
            nothing = [None] * len(group)
            found = (answer.m, answer.i1z, answer.signals, answer.polarisations)
            columns = (nothing if one is None else one for one in found)
            for row, m, i1z, signals, polarisations in zip(rows, *columns, strict=True):
                mean[row] = Trajectory.of(grid, provenance, m, i1z, signals, polarisations, systems[row].axis)
            for row, check in zip(
                rows, checked(systems, group, grid, answer, self.domain, self.expansion), strict=True
            ):
                checks[row] = check
            if uncertainty.startswith("mc") and not recalibrated:
                for row, std in zip(rows, self._spread(group, grid), strict=True):
                    spread[row] = Trajectory(grid, provenance, std.real, std.imag, np.zeros(grid.points))
        judged = Checks(checks, systems, mean, grid)
        bands = None
        if recalibrated:
            raw = self.raw_spread(systems)
            assert raw is not None
            widths = self._calibration(grid).standard_deviations(self.traits(systems), raw, grid, provenance)
            spread = spread_of(widths)
        if uncertainty == "conformal":
            bands = self._calibration(grid).bands(self.traits(systems), grid)
        return Prediction(tuple(mean), judged, tuple(spread) if uncertainty.startswith("mc") else None, bands)

    def __repr__(self) -> str:
        if self.networks is None:
            return f"{self.name} (clusters alone, no network)"
        horizons = ", ".join(f"{1e3 * horizon:g} ms" for horizon in self.networks.horizons)
        bands = ", ".join(f"{1e3 * one.grid.horizon_s:g} ms" for one in self.calibrations) or "none"
        return f"{self.name} (network to {horizons}; bands to: {bands}; weights {str(self.record.get('sha256'))[:16]})"

    def untrained(self) -> SpinGraph:
        """The cluster expansion alone, without anything that was learned."""
        return replace(self, networks=None, calibrations=())

    def traits(self, systems: Sequence[SpinSystem]) -> Traits:
        """What the uncertainty of these systems may depend on: the kind of each, and (n, 3) difficulties.

        These are the RMS of the learned remainder over the shortest network's horizon, on any requested grid, and
        :func:`harness.tasks.spins.surrogates.kinds.hardness`.
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
        """The grid on which difficulties are measured; it does not depend on the requested grid."""
        assert self.networks is not None
        return TimeGrid(FIXED_POINTS, self.networks.horizons[0] / (FIXED_POINTS - 1))

    def energy(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        """<H>(t)/√(Tr H² · Tr I_1z²) from ρ0 = I_1z, (T,): conserved by construction."""
        (budget,) = self.energy_budgets([system], grid)
        return budget.total / budget.scale

    def energy_budgets(self, systems: Sequence[SpinSystem], grid: TimeGrid) -> tuple[Energy, ...]:
        """<H>(t) from ρ0 = I_1z with its parts, see :mod:`harness.tasks.spins.surrogates.spin_graph.correlators`."""
        found: list[Energy] = [None] * len(systems)  # type: ignore[list-item]
        for group in grouped(systems, self._memos):
            for row, energy in zip(group.rows.tolist(), energies(self.expansion, group, grid), strict=True):
                found[row] = energy
        return tuple(found)

    def _evaluate(self, group: Group, grid: TimeGrid, observables: Sequence[str]) -> Answer:
        """The requested observables of a group; M is in the unit disc."""
        if len(group) == 1 and "m" in observables and "i1z" in observables and len(observables) == 2:
            found = signals_of_one(self.expansion, self._remainder, group, grid)
            if found is not None:
                m, other, largest = found[0][None], found[1], found[2]
                excess = onto_disc(m)
                return Answer(m, other[None], None, None, np.array([largest]), excess)
        m, i1z, signals, polarisations = None, None, None, None
        excess = largest = np.zeros(len(group))
        if "m" in observables or "spin_signals" in observables:
            signals, largest = self._transverse(group, grid, per_spin="spin_signals" in observables)
            m = signals if signals.ndim == 2 else signals.mean(axis=1)
            excess = onto_disc(m, signals if signals.ndim > 2 else None)
        if "spin_polarisations" in observables:
            polarisations = self._longitudinal(group, grid, per_spin=True)
            i1z = polarisations[:, group.tagged]
        elif "i1z" in observables:
            i1z = self._longitudinal(group, grid, per_spin=False)
        return Answer(
            m if "m" in observables else None,
            i1z if "i1z" in observables else None,
            signals if "spin_signals" in observables else None,
            polarisations,
            largest,
            excess,
        )

    def _transverse(self, group: Group, grid: TimeGrid, per_spin: bool) -> tuple[np.ndarray, np.ndarray]:
        """M (B, T) or the signals (B, n_observed, T), and the largest |r| of the learned remainder of M (B,)."""
        found, largest = [], []
        for part in self.expansion.chunks(group, longitudinal=False):
            remainder = None if self._remainder is None else self._remainder(part, grid, per_spin)
            found.append(self.expansion.transverse(part, grid, per_spin, remainder))
            whole = remainder.mean(axis=1) if remainder is not None and per_spin else remainder
            largest.append(np.zeros(len(part)) if whole is None else np.abs(whole).max(axis=1))
        return np.concatenate(found), np.concatenate(largest)

    def _longitudinal(self, group: Group, grid: TimeGrid, per_spin: bool) -> np.ndarray:
        """I_1z (B, T) or the polarisations (B, N, T)."""
        parts = self.expansion.chunks(group, longitudinal=True)
        return np.concatenate([self.expansion.longitudinal(part, grid, per_spin) for part in parts])

    def _spread(self, group: Group, grid: TimeGrid) -> np.ndarray:
        """Standard deviations of Mx + i·My over passes with dropout on, (B, T) complex."""
        nothing = np.zeros((len(group), grid.points), complex)
        if self.networks is None or self._remainder is None:
            return nothing
        import torch

        from harness.surrogates.dropout import dropout_on

        with torch.random.fork_rng(devices=[]), dropout_on(self.networks.module):
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
