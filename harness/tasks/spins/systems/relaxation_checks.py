"""Which numbers a relaxation may have: every error message is one line with the value, the spin and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from harness.errors import InputError, shown

if TYPE_CHECKING:
    from harness.tasks.spins.systems.relaxation import Relaxation

CLOSEST_ANGSTROM = 0.5
"""Nuclei nearer than this have the same position by mistake; Spinach refuses them too."""
ASYMMETRY = 1e-9
"""Largest |A - Aᵀ| of a tensor in ppm: what the writing of its elements in decimals leaves."""

_SHAPES: dict[str, tuple[int, ...]] = {"r1_per_s": (), "r2_per_s": (), "positions_angstrom": (3,), "csa_ppm": (3, 3)}


def checked_array(value: ArrayLike, name: str) -> np.ndarray:
    """A read-only array of the shape of this field; :class:`InputError` for anything else."""
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"relaxation: {name} is not a rectangular array of numbers") from None
    shape = _SHAPES[name]
    if array.ndim != 1 + len(shape) or array.shape[1:] != shape or not len(array):
        due = " x ".join(["N", *map(str, shape)])
        raise InputError(f"relaxation: {name} has shape {array.shape}, must be {due}, a row for every spin")
    if not np.isfinite(array).all():
        place = ", ".join(map(str, np.argwhere(~np.isfinite(array))[0]))
        raise InputError(f"relaxation: {name}[{place}] must be finite")
    array.flags.writeable = False
    return array


def checked_number(value: object, name: str) -> float:
    """A finite number; :class:`InputError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating) or not np.isfinite(value):
        raise InputError(f"relaxation: {name} = {shown(value)} must be a finite number")
    return float(value)


def check_values(it: Relaxation) -> None:
    """Refuse values that no nuclei can have."""
    for name in ("tau_c_s", "temperature_k", "field_t"):
        value = getattr(it, name)
        if value is not None and value <= 0:
            raise InputError(f"relaxation: {name} = {value:g} must be positive")
    for name in ("damp_rate_per_s", "r1_per_s", "r2_per_s"):
        value = getattr(it, name)
        if value is not None and np.min(value) < 0:
            raise InputError(f"relaxation: {name} = {np.min(value):g} is negative: a rate is at least 0")
    if it.r1_per_s is not None and it.r2_per_s is not None:
        if len(it.r1_per_s) != len(it.r2_per_s):
            raise InputError(f"relaxation: {len(it.r1_per_s)} R1 and {len(it.r2_per_s)} R2: one of each for every spin")
        for k, (r1, r2) in enumerate(zip(it.r1_per_s, it.r2_per_s, strict=True)):
            if r2 < r1 / 2:
                raise InputError(f"relaxation: R2 = {r2:g} of spin {k} is below R1/2 = {r1 / 2:g}: T2 exceeds 2 T1")
    if it.positions_angstrom is not None:
        _check_positions(it.positions_angstrom)
    if it.csa_ppm is not None:
        _check_tensors(it.csa_ppm, 0 if it.positions_angstrom is None else len(it.positions_angstrom))


def _check_positions(positions: np.ndarray) -> None:
    distances = np.linalg.norm(positions[:, None] - positions[None, :], axis=-1)
    np.fill_diagonal(distances, np.inf)
    if len(positions) > 1 and distances.min() < CLOSEST_ANGSTROM:
        i, j = np.unravel_index(np.argmin(distances), distances.shape)
        raise InputError(
            f"relaxation: spins {i} and {j} are {distances[i, j]:.3g} Å apart, nearer than {CLOSEST_ANGSTROM:g} Å: two "
            "spins at one place; check positions_angstrom"
        )


def _check_tensors(tensors: np.ndarray, spins: int) -> None:
    if len(tensors) != spins:
        raise InputError(
            f"relaxation: {len(tensors)} tensors csa_ppm and {spins} positions: one of each for every spin"
        )
    off = np.abs(tensors - tensors.transpose(0, 2, 1))
    if off.max() > ASYMMETRY:
        k, a, b = np.unravel_index(np.argmax(off), off.shape)
        raise InputError(
            f"relaxation: csa_ppm of spin {k} is not symmetric: [{a}, {b}] = {tensors[k, a, b]:g} but [{b}, {a}] = "
            f"{tensors[k, b, a]:g}; give its symmetric part"
        )
