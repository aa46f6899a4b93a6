"""Fitting a measured FID: offsets, couplings and linewidths free, amplitudes, phases and baselines solved for.

The signal is compared in the frequency domain, inside one window per multiplet, so that water, reference and impurities
elsewhere do not matter. In window w

    S(f) ≈ a_w Σ_l W_l L(f; ω_l, R_w) + b_w + c_w (f - f_w),

with complex a_w (amplitude and phase), b_w, c_w (baseline): linear, solved exactly at every step (variable projection,
G. H. Golub, V. Pereyra, SIAM J. Numer. Anal. 10, 413 (1973)). ω_l, W_l are the exact lines of the spin system, and
L(f; ω, R) is the discrete transform of exp((iω - R) t) over the same samples: no approximation of the acquisition.

Positions and couplings are searched from many starts (:mod:`harness.tasks.spins.inverse.search`), then fitted in narrow
windows (:mod:`harness.tasks.spins.inverse.refine`), and the result is tested by the data
(:mod:`harness.tasks.spins.inverse.verdict`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import tau

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.exchange.bruker import MeasuredFid
from harness.tasks.spins.inverse.evidence import Multiplet, multiplets_of
from harness.tasks.spins.inverse.labelling import Exchange, settled
from harness.tasks.spins.inverse.levels import Room
from harness.tasks.spins.inverse.noise import noise_of
from harness.tasks.spins.inverse.observability import standard_errors, white_errors
from harness.tasks.spins.inverse.parameters import Parameters, of_molecule, visible
from harness.tasks.spins.inverse.refine import LINEAR, Refinement
from harness.tasks.spins.inverse.search import Found, search
from harness.tasks.spins.inverse.verdict import Facts, Verdict, judged
from harness.tasks.spins.inverse.windows import FEWEST, Window, sampled
from harness.tasks.spins.systems import Molecule
from harness.tasks.spins.systems.isotopes import gyromagnetic_ratio

SMALLEST_HZ = 0.5
"""Couplings up to this stay as the molecule has them: below the linewidth they hardly show."""


@dataclass(frozen=True, eq=False)
class MeasuredFit:
    """Outcome: θ (P,) in Hz with its standard errors, one linewidth per window, and what was fitted to what.

    ``standard_errors_hz`` are those of white noise as large as the residual, with linewidths, amplitudes, phases and
    baselines unknown; ``stated_errors_hz`` allow for a residual that is line shape rather than noise, where it is
    (:func:`harness.tasks.spins.inverse.observability.standard_errors`). ``residual`` is ‖S - model‖/‖S‖ per window,
    ``scales`` the scatter by which each window was weighted, ``noise`` that of the spectrum where it has no signal,
    both per real component. ``at_bounds`` names the parameters at the edge of the searched range, ``exchangeable``
    holds labellings that the data do not distinguish from the one given. ``found`` records how the search went,
    ``verdict`` whether the values are reliable.
    """

    molecule: Molecule
    parameters: Parameters
    theta: np.ndarray
    standard_errors_hz: np.ndarray
    linewidths_hz: np.ndarray
    reference_shift_ppm: float
    windows: tuple[Window, ...]
    models: tuple[np.ndarray, ...]
    scales: tuple[float, ...]
    multiplets: tuple[Multiplet, ...]
    at_bounds: tuple[str, ...]
    exchangeable: tuple[Exchange, ...]
    found: Found
    noise: float
    converged: bool
    evaluations: int
    seconds: float
    fid: MeasuredFid

    @property
    def residual(self) -> np.ndarray:
        """‖S - model‖/‖S‖ of each window."""
        return np.array([m.residual for m in self.multiplets])

    @property
    def phases_rad(self) -> np.ndarray:
        """Phase of each window."""
        return np.array([m.phase_rad for m in self.multiplets])

    @cached_property
    def stated_errors_hz(self) -> np.ndarray:
        """(P,) standard errors to be quoted: of white noise if that is all that is left, else the larger ones."""
        if all(m.at_noise for m in self.multiplets):
            return self.standard_errors_hz
        return standard_errors(self)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the molecule was found, and the evidence."""
        return judged(
            Facts(
                self.multiplets,
                self.parameters.names,
                self.stated_errors_hz,
                self.at_bounds,
                self.found.reached,
                self.found.starts,
                self.converged,
            )
        )

    def ppm(self, offset_hz: np.ndarray | float) -> np.ndarray | float:
        """Chemical shift of an offset, with the reference shift taken off."""
        return self.fid.carrier_ppm + offset_hz / (1e-6 * self.fid.larmor_hz) - self.reference_shift_ppm


def fit_measured(
    fid: MeasuredFid,
    molecule: Molecule,
    parameters_of: Sequence[Sequence[tuple[int, int]]] | None = None,
    search_ppm: float = 0.2,
    margin_hz: float = 12.0,
    seed: int = 0,
) -> MeasuredFit:
    """Fit a molecule to a measured FID, from the molecule's shifts and couplings.

    Parameters
    ----------
    fid
        The measurement; its axis may be off by up to ``search_ppm``.
    molecule
        Start; the spins of a group of the file share one offset, no others do.
    parameters_of
        Groups of pairs, each group one coupling; by default those of
        :func:`harness.tasks.spins.inverse.parameters.of_molecule`.
    search_ppm
        How far a common shift of the axis is looked for.
    margin_hz
        Room on either side of a multiplet.
    seed
        Of the random starts.

    Raises
    ------
    InputError
        For another isotope than was measured, a FID that is too short, or multiplets outside the measured spectrum.
    """
    from time import perf_counter

    begun = perf_counter()
    if molecule.observed != fid.isotope:
        raise InputError(f"{fid.name}: {fid.isotope} was measured, but {molecule.name!r} observes {molecule.observed}")
    if fid.grid.points < FEWEST:
        raise InputError(f"{fid.name}: {fid.grid.points} points are too few for a fit; at least {FEWEST} are needed")
    field_t = fid.larmor_hz * tau / abs(gyromagnetic_ratio(fid.isotope))
    system = molecule.at(field_t, {fid.isotope: fid.carrier_ppm})
    parameters = visible(of_molecule(molecule, system, SMALLEST_HZ))
    if parameters_of is not None:
        parameters = Parameters(system, parameters.offsets, tuple(tuple(group) for group in parameters_of))
    room = Room(axis_ppm=search_ppm)
    found = search(fid, parameters, room, margin_hz, np.random.default_rng(seed))
    measured = sampled(fid)
    noise = noise_of(measured.spectrum)
    refinement = Refinement(parameters, measured, noise, margin_hz)
    count, units = len(parameters), len(parameters.offsets)
    last = refinement.fit(found.theta, found.widths_hz)
    start = parameters.mean_of(system)
    axis_hz = float(np.mean((last.theta - np.pad(start, (0, len(last.theta) - count)))[:units]))
    reach = room.reach(parameters, fid.larmor_hz)
    last, labels = settled(refinement, last, start + axis_hz * ~parameters.is_coupling, reach)
    theta, widths = last.theta[:count], last.theta[count:]
    linear = LINEAR * len(widths)
    return MeasuredFit(
        molecule=molecule,
        parameters=parameters,
        theta=theta,
        standard_errors_hz=white_errors(last.comparison.jacobian, last.comparison.residual, linear)[:count],
        linewidths_hz=widths,
        reference_shift_ppm=float(np.mean((theta - start)[:units])) / (1e-6 * fid.larmor_hz),
        windows=last.projection.windows,
        models=last.comparison.models,
        scales=last.projection.scales,
        multiplets=multiplets_of(last.projection.windows, last.comparison, widths, noise),
        at_bounds=(*_at_bounds(parameters, theta - start, reach), *last.linewidths_at_bounds),
        exchangeable=labels,
        found=found,
        noise=noise,
        converged=last.converged,
        evaluations=found.evaluations + last.evaluations,
        seconds=perf_counter() - begun,
        fid=fid,
    )


def _at_bounds(parameters: Parameters, moves_hz: np.ndarray, reach: np.ndarray) -> tuple[str, ...]:
    """Names of couplings that went as far as they were searched, and of shifts that went too far from each other."""
    units = len(parameters.offsets)
    shifts = moves_hz[:units] - 0.5 * (moves_hz[:units].min() + moves_hz[:units].max())
    beyond = np.abs(np.concatenate([shifts, moves_hz[units:]])) > 0.999 * reach
    return tuple(name for name, out in zip(parameters.names, beyond, strict=True) if out)
