"""Magnetically equivalent spins: which spins of a system act on the others through their sum alone.

Spins of one isotope with one offset are magnetically equivalent if each spin outside their group is coupled to all of
them alike. With S = Σ I_k over the group, H holds S alone, apart from the couplings inside the group, which commute
with S and with all of H: neither M nor the signal of any spin outside the group depends on them. n equivalent spins 1/2
are therefore spins S = n/2, n/2 - 1, … that evolve by themselves, S being there C(n, k) - C(n, k-1) times with
k = n/2 - S.

Source: P. L. Corio, Structure of High-Resolution NMR Spectra (1966), ch. 6 (composite particles).
"""

from __future__ import annotations

from math import comb

import numpy as np

from harness.tasks.spins.systems.system import SpinSystem


def equivalent_groups(system: SpinSystem, single: tuple[int, ...] = ()) -> tuple[tuple[int, ...], ...]:
    """The coarsest partition of the spins into magnetically equivalent groups, each ascending, by their first spin.

    Values must be equal to the last bit: nearly equal ones are no symmetry. Spins in ``single`` stay by themselves.
    """
    keys = [
        (isotope, float(offset), k if k in single else -1)
        for k, (isotope, offset) in enumerate(zip(system.isotopes, system.offsets_hz, strict=True))
    ]
    groups = [[k for k, key in enumerate(keys) if key == one] for one in dict.fromkeys(keys)]
    while True:
        finer = [part for group in groups for part in _distinguished(system.couplings_hz, group)]
        if len(finer) == len(groups):
            return tuple(sorted(tuple(group) for group in groups))
        groups = finer


def _distinguished(couplings_hz: np.ndarray, group: list[int]) -> list[list[int]]:
    """``group`` divided by the couplings to the spins outside it."""
    outside = np.setdiff1d(np.arange(len(couplings_hz)), group)
    rows = [couplings_hz[k, outside].tobytes() for k in group]
    return [[k for k, row in zip(group, rows, strict=True) if row == one] for one in dict.fromkeys(rows)]


def multiplicity(spins: int, total: float) -> int:
    """How many times ``spins`` spins 1/2 form the spin ``total``: C(n, k) - C(n, k-1), k = n/2 - total."""
    k = round(spins / 2 - total)
    return comb(spins, k) - (comb(spins, k - 1) if k else 0)
