"""Fitting a measured FID: offsets, couplings and linewidths free, amplitudes, phases and baselines solved for.

The signal is compared in the frequency domain, inside one window per multiplet, so that water, reference and impurities
elsewhere do not matter. In window w

    S(f) ≈ a_w Σ_l W_l L(f; ω_l, R_w) + b_w + c_w (f - f_w),

with complex a_w (amplitude and phase), b_w, c_w (baseline): linear, solved exactly at every step (variable projection,
G. H. Golub, V. Pereyra, SIAM J. Numer. Anal. 10, 413 (1973)). ω_l, W_l are the exact lines of the spin system, and
L(f; ω, R) is the discrete transform of exp((iω - R) t) over the same samples: no approximation of the acquisition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import tau

import numpy as np

from harness.errors import InputError
from harness.exchange.bruker import MeasuredFid
from harness.inverse.lines import lines_of
from harness.inverse.parameters import Parameters
from harness.inverse.projection import Projection
from harness.inverse.windows import Window, common_shift, merged, plain_spectrum, windows_of
from harness.spins import Molecule
from harness.spins.isotopes import gyromagnetic_ratio


@dataclass(frozen=True, eq=False)
class MeasuredFit:
    """Outcome: θ (P,) in Hz with its standard errors, one linewidth per window, and what was fitted to what.

    ``standard_errors_hz`` come from the residual's size and the Jacobian at the end: they hold for noise, not for an
    imperfect shim; :func:`harness.inverse.observability.standard_errors` allows for that. ``residual`` is
    ‖S - model‖/‖S‖ per window.
    """

    molecule: Molecule
    parameters: Parameters
    theta: np.ndarray
    standard_errors_hz: np.ndarray
    linewidths_hz: np.ndarray
    reference_shift_ppm: float
    windows: tuple[Window, ...]
    models: tuple[np.ndarray, ...]
    phases_rad: np.ndarray
    residual: np.ndarray
    converged: bool
    evaluations: int
    seconds: float
    fid: MeasuredFid

    def ppm(self, offset_hz: np.ndarray | float) -> np.ndarray | float:
        """Chemical shift of an offset, with the reference shift taken off."""
        return self.fid.carrier_ppm + offset_hz / (1e-6 * self.fid.larmor_hz) - self.reference_shift_ppm


def fit_measured(
    fid: MeasuredFid,
    molecule: Molecule,
    parameters_of: Sequence[Sequence[tuple[int, int]]] | None = None,
    search_ppm: float = 0.2,
    margin_hz: float = 12.0,
) -> MeasuredFit:
    """Fit a molecule to a measured FID, from the molecule's shifts and couplings.

    Parameters
    ----------
    fid
        The measurement; its axis may be off by up to ``search_ppm``.
    molecule
        Start; spins that share a shift within 1e-3 ppm share one offset.
    parameters_of
        Groups of pairs, each group one coupling; by default one per pair of groups of equivalent spins.
    search_ppm
        How far a common shift of the axis is looked for.
    margin_hz
        Room on either side of a multiplet.

    Raises
    ------
    InputError
        For another isotope than was measured, or multiplets outside the measured spectrum.
    """
    from time import perf_counter

    from scipy.optimize import least_squares

    begun = perf_counter()
    if molecule.observed != fid.isotope:
        raise InputError(f"{fid.name}: {fid.isotope} was measured, but {molecule.name!r} observes {molecule.observed}")
    field_t = fid.larmor_hz * tau / abs(gyromagnetic_ratio(fid.isotope))
    system = molecule.at(field_t, {fid.isotope: fid.carrier_ppm})
    units = _shared_offsets(molecule)
    couplings = _shared_couplings(system.couplings_hz, units) if parameters_of is None else parameters_of
    parameters = Parameters(system, tuple(map(tuple, units)), tuple(tuple(group) for group in couplings))
    start = parameters.mean_of(system)
    offsets, spectrum = plain_spectrum(fid)
    shift_hz = common_shift(merged(lines_of(system, None, 1.0)), offsets, spectrum, fid, search_ppm)
    start[: len(units)] += shift_hz
    windows = windows_of(parameters, start, offsets, spectrum, margin_hz)
    count = len(start)
    project = Projection(parameters, tuple(windows), fid.grid)
    widths = np.full(len(windows), 1.0)
    # Steps of 1e-3 Hz: far below the linewidth, far above rounding.
    found = least_squares(
        lambda theta: project(theta)[0],
        np.concatenate([start, widths]),
        x_scale=np.concatenate([np.ones(count), 0.3 * np.ones(len(widths))]),
        diff_step=1e-3 / np.maximum(np.abs(np.concatenate([start, widths])), 1e-3),
        loss="linear",
        max_nfev=60,
    )
    residual, models, amplitudes = project(found.x)
    information = found.jac.T @ found.jac
    # Samples of a spectrum that was not zero-filled are independent.
    variance = np.sum(residual**2) / max(len(residual) - len(found.x) - 6 * len(windows), 1)
    errors = np.sqrt(np.diag(np.linalg.pinv(information, rcond=1e-12)) * variance)[:count]
    moved = found.x[: len(units)] - parameters.mean_of(system)[: len(units)]
    sizes = [
        float(np.linalg.norm(m - w.spectrum) / np.linalg.norm(w.spectrum)) for m, w in zip(models, windows, strict=True)
    ]
    return MeasuredFit(
        molecule,
        parameters,
        found.x[:count],
        errors,
        np.abs(found.x[count:]),
        float(np.mean(moved)) / (1e-6 * fid.larmor_hz),
        tuple(windows),
        tuple(models),
        np.angle(amplitudes),
        np.array(sizes),
        bool(found.status > 0),
        int(found.nfev),
        perf_counter() - begun,
        fid,
    )


def _shared_offsets(molecule: Molecule, tolerance_ppm: float = 5e-3) -> list[list[int]]:
    """Spins in file order, grouped by group or by a shift that is the same within the tolerance."""
    units: list[list[int]] = []
    for k, shift in enumerate(molecule.shifts_ppm):
        for unit in units:
            same = abs(molecule.shifts_ppm[unit[0]] - shift) <= tolerance_ppm
            if same and molecule.isotopes[unit[0]] == molecule.isotopes[k]:
                unit.append(k)
                break
        else:
            units.append([k])
    return units


def _shared_couplings(couplings_hz: np.ndarray, units: list[list[int]]) -> list[list[tuple[int, int]]]:
    """Couplings of more than .5 Hz between units; inside a unit they stay fixed.

    One per pair of units; two (J and J') for two CH2 groups that are AA'XX': protons of a CH2 are mirror images of each
    other unless a centre is chiral, so that J(a,a) = J(b,b) and J(a,b) = J(b,a).
    """
    shared = []
    for a, one in enumerate(units):
        for other in units[a + 1 :]:
            pairs = [(min(i, j), max(i, j)) for i in one for j in other if abs(couplings_hz[i, j]) > 0.5]
            if len(one) == len(other) == 2 and len(pairs) == 4 and np.ptp([couplings_hz[p] for p in pairs]) > 0.01:
                shared += [[pairs[0], pairs[3]], [pairs[1], pairs[2]]]
            elif pairs:
                shared.append(pairs)
    return shared
