"""The kind of a system and its hardness, both from Ω and J alone, for uncertainties that are correct for each kind.

The kind is a few words from special to general, e.g. ``chain 5 weak``: family of the coupling graph, size, strength.
Leaving out words from the left gives the more general kinds that may be used instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.tasks.spins.systems import SpinSystem

LARGEST = 8
CROWDED = 6.0
"""Span of the offsets over the mean |J| below which a system counts as strong: every spin is near every other."""


def mixing(system: SpinSystem) -> np.ndarray:
    """(N, N) |J|/R of every bond, R² = J² + D², D the difference of offsets: 0 weak, 1 fully mixed."""
    isotopes = np.array(system.isotopes)
    return mixings(system.offsets_hz, system.couplings_hz, isotopes[:, None] == isotopes)


def mixings(offsets: np.ndarray, couplings: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """The same of many systems: offsets (…, N) and couplings (…, N, N) in one unit, ``alike`` (N, N) of one isotope."""
    detuning = offsets[..., :, None] - offsets[..., None, :]
    root = np.hypot(couplings, detuning)
    return np.where(alike & (couplings != 0), np.abs(couplings) / np.where(root > 0, root, 1.0), 0.0)


def kind(system: SpinSystem) -> str:
    """Family (``chain``, ``ring``, ``star``, ``tree``, ``other``), size up to 8 or ``9+``, ``weak`` or ``strong``.

    A chain whose tagged spin is no end is ``inner-chain``, a star whose tagged spin is not the hub ``outer-star``:
    I_1z behaves differently there.
    """
    n = len(system)
    bonds = system.couplings_hz != 0
    count = int(np.count_nonzero(bonds)) // 2
    crowd = np.ptp(system.offsets_hz) * 2 * count < CROWDED * np.abs(system.couplings_hz).sum()
    size = str(n) if n <= LARGEST else f"{LARGEST + 1}+"
    return f"{_family(system, bonds, count)} {size} {'strong' if crowd else 'weak'}"


def hardness(system: SpinSystem) -> tuple[float, float]:
    """How much is left out by formulas for pairs, roughly: (of the whole system, of its tagged spin).

    Of the whole: Σ over pairs of neighbouring bonds of the product of their |J|/R. Of the tagged spin: the same over
    walks of three bonds that begin there.
    """
    s = mixing(system)
    at = s.sum(axis=0)
    return float((at @ at - np.square(s).sum()) / 2), float(crowding(s, system.tagged_spin))


def crowding(s: np.ndarray, tagged: int) -> np.ndarray:
    """Σ over walks of three bonds from a spin of the product of their |J|/R, (…,) of :func:`mixings` (…, N, N)."""
    one = s[..., tagged, :, None]
    return np.sum(one * (s @ (s @ np.ones_like(one))), axis=(-2, -1))


def _family(system: SpinSystem, bonds: np.ndarray, count: int) -> str:
    n = len(system)
    degree = bonds.sum(axis=0)
    if n < 4 or len(set(system.isotopes)) > 1 or count not in (n - 1, n) or not _connected(bonds):
        return "other"
    if count == n:
        return "ring" if degree.max() == 2 else "other"
    if degree.max() == 2:
        return "chain" if degree[system.tagged_spin] == 1 else "inner-chain"
    if degree.max() == n - 1:
        return "star" if degree[system.tagged_spin] > 1 else "outer-star"
    return "tree"


def _connected(bonds: np.ndarray) -> bool:
    seen = np.zeros(len(bonds), dtype=bool)
    seen[0] = True
    for _ in range(len(bonds)):
        seen |= bonds[seen].any(axis=0)
    return bool(seen.all())


def kinds_of(systems: Sequence[SpinSystem]) -> tuple[str, ...]:
    """:func:`kind` of every system."""
    return tuple(kind(system) for system in systems)
