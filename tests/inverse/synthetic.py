"""Free induction decays with everything known, in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

import numpy as np

from harness import TimeGrid
from harness.tasks.spins.exchange.bruker import MeasuredFid
from harness.tasks.spins.inverse.labelling import exchanges
from harness.tasks.spins.inverse.line_derivatives import lines_of
from harness.tasks.spins.inverse.measured import SMALLEST_HZ, MeasuredFit
from harness.tasks.spins.inverse.parameters import Parameters, of_molecule
from harness.tasks.spins.systems import Molecule
from harness.tasks.spins.systems.isotopes import larmor_hz

FIELD_T = 11.7395
LARMOR_HZ = larmor_hz("1H", FIELD_T)
GRID = TimeGrid(8192, 1 / 6000)


@dataclass(frozen=True, eq=False)
class Synthetic:
    """A molecule as tables have it, and the FID of one whose parameters are ``truth`` (P,) in Hz."""

    molecule: Molecule
    fid: MeasuredFid
    parameters: Parameters
    truth: np.ndarray


def spins(name: str, shifts_ppm: list[float], couplings_hz: dict[tuple[int, int], float]) -> Molecule:
    """A molecule of single protons A, B, C, … by shifts and couplings."""
    labels = tuple("ABCDEFGH"[: len(shifts_ppm)])
    matrix = np.zeros((len(labels), len(labels)))
    for (i, j), value in couplings_hz.items():
        matrix[i, j] = matrix[j, i] = value
    return Molecule(name, "test", labels, ("1H",) * len(labels), labels, np.array(shifts_ppm), matrix)


def moved(molecule: Molecule, shifts_ppm: list[float] | np.ndarray, couplings_hz: np.ndarray | None = None) -> Molecule:
    """The molecule with other shifts, and other couplings if given."""
    values = molecule.couplings_hz if couplings_hz is None else couplings_hz
    return replace(molecule, shifts_ppm=np.asarray(shifts_ppm), couplings_hz=values)


def decay(
    parameters: Parameters, truth: np.ndarray, linewidth_hz: float, snr: float, rng: np.random.Generator
) -> np.ndarray:
    """(T,) M with Lorentzian lines, an arbitrary phase, and noise of 1/snr per real component."""
    signal = lines_of(parameters.system(truth), None, GRID.horizon_s).signal(GRID)
    signal = signal * np.exp(-pi * linewidth_hz * GRID.times_s + 1j * rng.uniform(-pi, pi))
    return signal + (rng.standard_normal(GRID.points) + 1j * rng.standard_normal(GRID.points)) / snr


def _carrier_ppm(molecule: Molecule) -> float:
    """Beside the middle of the protons, so that nothing lies at frequency zero."""
    protons = [shift for shift, isotope in zip(molecule.shifts_ppm, molecule.isotopes, strict=True) if isotope == "1H"]
    return float(np.mean(protons)) + 0.3


def fid_of(molecule: Molecule, snr: float = 100.0, seed: int = 0, linewidth_hz: float = 0.8) -> MeasuredFid:
    """The FID of a molecule at its own shifts and couplings."""
    carrier = _carrier_ppm(molecule)
    parameters = of_molecule(molecule, molecule.at(FIELD_T, {"1H": carrier}))
    signal = decay(parameters, parameters.of(parameters.template), linewidth_hz, snr, np.random.default_rng(seed))
    return MeasuredFid(molecule.name, signal / np.abs(signal).max(), GRID, LARMOR_HZ, carrier)


def spectrum(molecule: Molecule, seed: int, shift_ppm: float = 0.03, coupling_hz: float = 4.0) -> Synthetic:
    """Every shift and every coupling moved at random by up to so much, the axis by up to 0.1 ppm; SNR 20 to 300."""
    rng = np.random.default_rng(seed)
    carrier = _carrier_ppm(molecule)
    parameters = of_molecule(molecule, molecule.at(FIELD_T, {"1H": carrier}), SMALLEST_HZ)
    reach = np.where(parameters.is_coupling, coupling_hz, shift_ppm * 1e-6 * LARMOR_HZ)
    truth = parameters.mean_of(parameters.template) + reach * rng.uniform(-1, 1, len(parameters))
    truth += rng.uniform(-0.1, 0.1) * 1e-6 * LARMOR_HZ * ~parameters.is_coupling
    signal = decay(parameters, truth, rng.uniform(0.6, 1.5), float(np.exp(rng.uniform(np.log(20), np.log(300)))), rng)
    fid = MeasuredFid(f"{molecule.name} {seed}", signal / np.abs(signal).max(), GRID, LARMOR_HZ, carrier)
    return Synthetic(molecule, fid, parameters, truth)


def errors_in_sigma(fit: MeasuredFit, one: Synthetic) -> np.ndarray:
    """(P,) |fitted - true| over the stated standard error, for the labelling and the signs that agree best.

    A spectrum names no spin, and does not show all signs: those solutions are one and the same optimum.
    """
    coupling, stated = one.parameters.is_coupling, fit.stated_errors_hz
    best = np.full(len(one.truth), np.inf)
    identity = np.arange(len(one.truth))
    for order in (identity, *(exchange.order for exchange in exchanges(one.parameters))):
        theta, sigma = fit.theta[order], stated[order]
        distance = np.where(coupling, np.abs(np.abs(theta) - np.abs(one.truth)), np.abs(theta - one.truth))
        ratio = distance / sigma
        if np.sum(np.minimum(ratio, 100.0)) < np.sum(np.minimum(best, 100.0)):
            best = ratio
    return best
