"""From a dipole to a spectrum, to the frequencies in it, and to its continuation."""

from __future__ import annotations

import numpy as np
from scipy.optimize import least_squares

from harness.errors import InputError
from harness.tasks.tddft.grid import AtomicTimeGrid

POINTS_PER_WIDTH = 4
"""Frequencies of a spectrum in the half width of a line."""


def absorption(
    induced: np.ndarray, kick_au: float, grid: AtomicTimeGrid, damping_au: float
) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies (hartree) and the dipole strength function S(ω) = (2ω/π) Im α(ω) of one direction, in 1/hartree.

    α(ω) = (1/κ) ∫ δμ(t) exp(iωt - γt) dt, ``induced`` (points,) along the kick and ``damping_au`` γ, which makes each
    line a Lorentzian of half width γ. The integral of S over ω is the number of electrons (Thomas-Reiche-Kuhn).
    """
    if kick_au == 0:
        raise InputError("absorption: kick_au = 0: a spectrum needs a kick")
    signal = induced * np.exp(-damping_au * grid.times_au) / kick_au
    count = max(grid.points, int(np.ceil(2 * np.pi * POINTS_PER_WIDTH / (grid.dt_au * damping_au))))
    frequencies = 2 * np.pi * np.fft.rfftfreq(count, grid.dt_au)
    # numpy's transform has exp(-iωt), hence the conjugate.
    polarisability = grid.dt_au * np.fft.rfft(signal, count).conj()
    return frequencies, 2 * frequencies / np.pi * polarisability.imag


def refined_frequencies(
    induced: np.ndarray, grid: AtomicTimeGrid, start_au: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies (k,) and amplitudes (k,) of δμ(t) = Σ a_k sin(ω_k t) + b_k cos(ω_k t), by least squares.

    ``start_au`` are estimates within about 1/T of the truth, T the length of the signal. The amplitudes are |a + ib|.
    """
    times = grid.times_au

    def design(frequencies: np.ndarray) -> np.ndarray:
        phases = times[:, None] * frequencies
        return np.concatenate([np.sin(phases), np.cos(phases)], axis=1)

    def residual(frequencies: np.ndarray) -> np.ndarray:
        matrix = design(frequencies)
        return matrix @ np.linalg.lstsq(matrix, induced, rcond=None)[0] - induced

    scale = float(np.abs(induced).max())
    found = least_squares(lambda w: residual(w) / scale, start_au, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    parts = np.linalg.lstsq(design(found.x), induced, rcond=None)[0]
    return found.x, np.hypot(*parts.reshape(2, -1))


def continued(induced: np.ndarray, known: int, pencil: float = 0.5, tolerance: float = 1e-8) -> np.ndarray:
    """Prony's method: the first ``known`` samples (points, 3), continued to all of them.

    A sum of exponentials z_k^n is fitted by a matrix pencil (Hua and Sarkar, IEEE Trans. ASSP 38, 814 (1990)) with
    singular values below ``tolerance`` of the largest dropped; |z_k| > 1 is put on the unit circle, because nothing
    grows.
    """
    columns = int(known * pencil)
    windows = np.concatenate(
        [
            np.lib.stride_tricks.sliding_window_view(induced[:known, axis], columns + 1)
            for axis in range(induced.shape[1])
        ]
    )
    left, right = windows[:, :-1], windows[:, 1:]
    _, values, vectors = np.linalg.svd(left, full_matrices=False)
    rank = max(1, int((values > tolerance * values[0]).sum()))
    basis = vectors[:rank].conj().T
    shift = np.linalg.lstsq(left @ basis, right @ basis, rcond=None)[0]
    poles = np.linalg.eigvals(shift)
    poles = poles / np.maximum(np.abs(poles), 1.0)
    powers = poles[None, :] ** np.arange(len(induced))[:, None]
    amplitudes = np.linalg.lstsq(powers[:known], induced[:known].astype(complex), rcond=None)[0]
    return (powers @ amplitudes).real
