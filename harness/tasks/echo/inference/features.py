"""The inputs of the networks: whitened principal components, logarithms, and the predictions of a ridge regression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.tasks.echo.inference.ridge import Ridge
from harness.tasks.echo.plan import EchoPlan

REAL_COMPONENTS = 150
IMAG_COMPONENTS = 200
FLOOR = 1e-7
"""Smallest number under a logarithm: single precision of a magnetisation of order 1."""
AFTER_ECHO = (1, 2, 4, 8, 16, 32)
NEAR_ECHO = (-8, -4, -2, -1, 0, 1)


@dataclass(frozen=True, eq=False)
class Features:
    """The map from curves (n, T) to features (n, F), fitted on training curves.

    Real part: ``real_axes`` (T, C) maps to white components without a mean, because Δ → −Δ turns M into −M*: every
    curve has a mirror image whose real part has the other sign, with the same labels (exactly with the secular
    coupling, nearly with the single-axis one). Imaginary part: ``imag_mean`` (T,) and ``imag_axes`` (T, C). Networks
    see the first of each (``counts``); all of them tell whether a curve is familiar. ``log_mean`` and ``log_scale``
    standardise the logarithms of :func:`logarithms`. ``ridge`` predicts the labels from both parts.
    """

    plan: EchoPlan
    counts: tuple[int, int]
    real_axes: np.ndarray
    imag_mean: np.ndarray
    imag_axes: np.ndarray
    log_mean: np.ndarray
    log_scale: np.ndarray
    ridge: Ridge

    @property
    def count(self) -> int:
        """F, the number of features."""
        return sum(self.counts) + len(self.log_mean) + self.ridge.outputs

    @property
    def odd(self) -> np.ndarray:
        """(F,) bool: features that change sign in the mirror image of a curve."""
        found = np.zeros(self.count, dtype=bool)
        found[: self.counts[0]] = True
        return found

    def of(self, m: np.ndarray, ridge: np.ndarray | None = None) -> np.ndarray:
        """(n, F) float32; ``ridge`` (n, V) replaces the answers of the regression (those of cross-fitting).

        Raises
        ------
        InputError
            For curves of another length.
        """
        if m.shape[-1] != len(self.imag_mean):
            raise InputError(f"curves of {m.shape[-1]} samples, where {len(self.imag_mean)} are due")
        logs = (logarithms(m, self.plan) - self.log_mean) / self.log_scale
        answers = self.ridge.predict(m) if ridge is None else ridge
        real, imag = self.components(m)
        seen = [real[:, : self.counts[0]], imag[:, : self.counts[1]], logs, answers]
        return np.concatenate(seen, axis=1).astype(np.float32)

    def components(self, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, C) twice: all white components of the real and of the imaginary part."""
        real, imag = np.real(m).astype(np.float64), np.imag(m).astype(np.float64)
        return real @ self.real_axes, (imag - self.imag_mean) @ self.imag_axes

    def arrays(self) -> dict[str, np.ndarray]:
        """All arrays by name, for a weights file."""
        own = ("real_axes", "imag_mean", "imag_axes", "log_mean", "log_scale")
        found = {f"features/{name}": getattr(self, name) for name in own}
        found["features/counts"] = np.array(self.counts, dtype=np.float32)
        return found | self.ridge.arrays("features/ridge/")

    @classmethod
    def from_arrays(cls, plan: EchoPlan, arrays: Mapping[str, Any]) -> Features:
        """The inverse of :meth:`arrays`."""
        own = ("real_axes", "imag_mean", "imag_axes", "log_mean", "log_scale")
        given = {name: np.asarray(arrays[f"features/{name}"]) for name in own}
        real, imag = (int(count) for count in arrays["features/counts"])
        return cls(plan=plan, counts=(real, imag), ridge=Ridge.from_arrays(arrays, "features/ridge/"), **given)


def fit_features(
    m: np.ndarray, targets: np.ndarray, plan: EchoPlan, real: int = REAL_COMPONENTS, imag: int = IMAG_COMPONENTS
) -> Features:
    """Features of training curves ``m`` (n, T) whose labels, as fractions of their ranges, are ``targets`` (n, V).

    The number of components is cut to what the data can have: the samples of a curve, and the curves.
    """
    curves = m.astype(np.complex128)
    most = min(m.shape)
    imag_mean = curves.imag.mean(0)
    logs = logarithms(curves, plan)
    fitted = {
        "real_axes": _white_axes(curves.real),
        "imag_mean": imag_mean,
        "imag_axes": _white_axes(curves.imag - imag_mean),
        "log_mean": logs.mean(0),
        "log_scale": np.maximum(logs.std(0), FLOOR),
    }
    # Single precision, as in a weights file: the training uses the numbers that are stored.
    stored = {name: array.astype(np.float32) for name, array in fitted.items()}
    counts = (min(real, most), min(imag, most))
    return Features(plan=plan, counts=counts, ridge=Ridge.fit(curves, targets).stored(), **stored)


def logarithms(m: np.ndarray, plan: EchoPlan) -> np.ndarray:
    """(n, G) even functions of a curve whose logarithms are nearly linear in log Γ or log α.

    1 − 2|M| near the echo (what refocusing leaves out), |M| after the echo over |M| after the first pulse (for
    uncoupled spins this is exp(−Γτ), whatever the offsets), and the root mean squares of six windows of |M|.
    """
    size, echo = np.abs(m), plan.echo_sample
    near = [np.log(np.maximum(1.0 - 2.0 * size[:, echo + q], FLOOR)) for q in NEAR_ECHO if echo + q < plan.points]
    after = [
        np.log(np.maximum(size[:, echo + q], FLOOR)) - np.log(np.maximum(size[:, q - 1], FLOOR))
        for q in AFTER_ECHO
        if echo + q < plan.points
    ]
    windows = np.array_split(size, 6, axis=1)
    levels = [0.5 * np.log(np.maximum(np.mean(window**2, axis=1), FLOOR**2)) for window in windows]
    return np.stack([*near, *after, *levels], axis=1)


def _white_axes(centred: np.ndarray) -> np.ndarray:
    """(T, C) principal axes, largest first, each divided by the standard deviation along it."""
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    return (axes / np.maximum(sizes / np.sqrt(len(centred)), FLOOR)[:, None]).T
