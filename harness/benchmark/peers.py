"""Other people's programs under our conventions, each at its best: the opponents in the timing tables.

Every peer gives M of one isotope on a grid as a :class:`harness.Trajectory`; conventions (sign of the offset, factors
of two, which half of the coupling matrix counts) are translated here and nowhere else. They are an optional extra,
``pip install spin-harness[peers]``.

- ``nmrsim``: line list by diagonalisation with its cached operators; the FID is the sum over its lines, whose number
  its intensity cutoff controls.
- ``qutip``: its eigenstates, and the sum over pairs of them; or, as most people would call it, its master-equation
  solver with Adams or Runge-Kutta (Verner) steps.
- ``spinguin``: rotating-frame Liouvillian in the basis of spherical tensors cut to coherence order -1 and to a maximal
  spin order, one sparse propagator for all steps (the quickest way at order 3; :mod:`harness.subjects.peers_spinguin`
  holds the more accurate one).

As with our own methods, what depends on the isotopes alone (operators, bases) is kept from one system to the next, and
what a peer leaves to its user is done as well as we know.

Sources: nmrsim 0.7 (G. M. Sametz), QuTiP 5 (N. Lambert et al., arXiv 2412.04705), spinguin 0.2 (University of Oulu).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import reduce
from importlib.metadata import PackageNotFoundError, version
from math import isqrt
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.references.base import checked_observables
from harness.spins import Provenance, SpinSystem, TimeGrid, Trajectory
from harness.spins.phases import phases, phases_hz

PEERS = ("nmrsim", "qutip", "spinguin")


def peer(name: str, **options: Any) -> Peer:
    """The peer of this name with its options.

    Raises
    ------
    InputError
        For an unknown name, or a package that is not installed.
    """
    classes = {"nmrsim": Nmrsim, "qutip": Qutip, "spinguin": Spinguin}
    if name not in classes:
        raise InputError(f"peer {name!r} is unknown (known: {', '.join(PEERS)})")
    try:
        version(name)
    except PackageNotFoundError:
        raise InputError(f"peer {name!r} is not installed: pip install 'spin-harness[peers]'") from None
    return classes[name](**options)


class Peer(ABC):
    """Common part: checks, and the trajectory around M."""

    name = ""
    observables = ("m",)

    def simulate(self, system: SpinSystem, grid: TimeGrid, observables: Sequence[str] = ("m",)) -> Trajectory:
        """M of ``system`` on ``grid``.

        Raises
        ------
        InputError
            For more than one isotope.
        """
        checked_observables(observables, self.observables, self.name)
        if len(set(system.isotopes)) > 1:
            raise InputError(f"peer {self.name!r} is set up for one isotope, not {sorted(set(system.isotopes))}")
        return Trajectory.of(grid, Provenance(self.name, self.name, version(self.name)), self.signal(system, grid))

    @abstractmethod
    def signal(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        """M, (T,) complex."""


class Nmrsim(Peer):
    """Line list, then a sum of exponentials; ``cutoff`` is its intensity below which lines are dropped."""

    name = "nmrsim"

    def __init__(self, cutoff: float = 1e-9) -> None:
        self.cutoff = cutoff

    def signal(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        """M from nmrsim's lines; its frequencies are moduli, so that all offsets are shifted to be positive."""
        from nmrsim.qm import qm_spinsystem

        # Large enough to keep states of different total spin projection apart: eigenvectors of nearly equal energy mix.
        shift = 2 * (np.abs(system.offsets_hz).sum() + np.abs(system.couplings_hz).sum()) + 1000.0
        lines = np.asarray(
            qm_spinsystem(list(system.offsets_hz + shift), system.couplings_hz, cutoff=self.cutoff, normalize=False)
        )
        frequencies, intensities = lines[:, 0] - shift, lines[:, 1]
        # Σ A exp(2πift) at t = (aB + b)dt is one product of matrices over the lines, a sixth of their time.
        fine = isqrt(grid.points - 1) + 1
        coarse = -(-grid.points // fine)
        starts = phases_hz(frequencies, TimeGrid(coarse, fine * grid.dt_s))
        signal = ((intensities[:, None] * starts).T @ phases_hz(frequencies, TimeGrid(fine, grid.dt_s))).ravel()
        return signal[: grid.points] / signal[0].real


class Qutip(Peer):
    """``method`` "eigenstates", or the name of an integrator of its master-equation solver ("adams", "vern7", …)."""

    name = "qutip"

    def __init__(self, method: str = "eigenstates", tolerance: float = 1e-8) -> None:
        self.method, self.tolerance = method, tolerance
        self._raising: dict[int, Any] = {}

    def signal(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        """M from its eigenstates or from mesolve on ρ0 = Σ I_x with F as its observable."""
        import qutip

        if self.method == "eigenstates":
            return self._by_eigenstates(system, grid)
        n = len(system)
        half = {"x": qutip.sigmax() / 2, "y": qutip.sigmay() / 2, "z": qutip.sigmaz() / 2}

        def on(spin: int, axis: str) -> Any:
            return qutip.tensor([half[axis] if k == spin else qutip.qeye(2) for k in range(n)])

        terms = [2 * np.pi * system.offsets_hz[k] * on(k, "z") for k in range(n)]
        for i, j in np.argwhere(np.triu(system.couplings_hz)):
            terms += [2 * np.pi * system.couplings_hz[i, j] * on(i, a) * on(j, a) for a in "xyz"]
        h = reduce(lambda a, b: a + b, terms).to("CSR")
        total_x = reduce(lambda a, b: a + b, [on(k, "x") for k in range(n)])
        plus = total_x + 1j * reduce(lambda a, b: a + b, [on(k, "y") for k in range(n)])
        options = {"method": self.method, "atol": self.tolerance, "rtol": self.tolerance, "nsteps": 10**7}
        options |= {"progress_bar": "", "store_states": False}
        if grid.points == 1:
            return np.ones(1, complex)
        result = qutip.mesolve(h, total_x, grid.times_s, [], e_ops=[plus], options=options)
        signal = np.asarray(result.expect[0])
        return signal / signal[0].real

    def _by_eigenstates(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        """M = Σ_ab |F_ab|² e^{i(E_a - E_b)t}: of ρ0 = Σ I_x = (F + F†)/2 only F† meets F in the trace."""
        from harness.subjects.peers_qutip import hamiltonian, operators

        n = len(system)
        if n not in self._raising:
            x, y, _ = operators(n)
            plus: Any = sum(x[1:], x[0]) + 1j * sum(y[1:], y[0])
            self._raising[n] = plus.data_as("csr_matrix")
        energies, states = hamiltonian(system).eigenstates(output_type="oper")
        basis = states.full()
        weights = np.abs(basis.conj().T @ (self._raising[n] @ basis)) ** 2
        turning = phases(energies, grid)
        product = (weights @ turning.view(np.float64)).view(np.complex128)
        return np.einsum("at,at->t", turning, np.conj(product, out=product)) / weights.sum()


class Spinguin(Peer):
    """Liouville space cut to coherence order -1 and spin orders up to ``max_spin_order`` (None: all).

    The basis, which takes a quarter of the time, is kept from one system to the next of the same isotopes.
    """

    name = "spinguin"

    def __init__(self, max_spin_order: int | None = 3) -> None:
        self.max_spin_order = max_spin_order
        self._made: dict[tuple[str, ...], tuple[Any, np.ndarray]] = {}

    def signal(self, system: SpinSystem, grid: TimeGrid) -> np.ndarray:
        """M from repeated application of one propagator; its precession has the opposite sense."""
        import spinguin as sg

        field_t = 1.0
        sg.parameters._verbose = False  # its setter prints
        sg.parameters.magnetic_field = field_t
        isotope = system.isotopes[0]
        if system.isotopes not in self._made:
            spins = sg.SpinSystem(list(system.isotopes))
            order = len(system) if self.max_spin_order is None else min(self.max_spin_order, len(system))
            spins.basis.max_spin_order = order
            spins.basis.build()
            spins.basis.truncate_by_coherence([-1])
            self._made[system.isotopes] = spins, np.asarray(sg.state(spins, "I(-)"), np.complex128).ravel()
        spins, start = self._made[system.isotopes]
        larmor_hz = abs(sg.gamma(isotope, "Hz")) * field_t
        spins.chemical_shifts = list(system.offsets_hz / larmor_hz * 1e6)
        spins.J_couplings = np.tril(system.couplings_hz)
        h = sg.hamiltonian(spins, ["chemical_shift", "J_coupling"])
        step = sg.propagator(sg.liouvillian(h), grid.dt_s)
        # Detection with the same state: overlaps are what sg.measure computes, without parsing an operator each time.
        coil, rho = start.conj(), start
        signal = np.empty(grid.points, complex)
        for point in range(grid.points):
            signal[point] = coil @ rho
            rho = step @ rho
        signal = signal / signal[0].real
        return np.conj(signal) if sg.gamma(isotope, "Hz") > 0 else signal
