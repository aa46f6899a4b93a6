"""Where a learned correction may be trusted: its molecules, its temperatures, and the residual that a run shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.surrogates import DomainCheck
from harness.tasks.kstep.kernel.learning import TEMPERATURES_K
from harness.tasks.kstep.kernel.weights import has_kernel, stated_residual
from harness.tasks.kstep.library import load, molecule_names
from harness.tasks.kstep.molecule import Molecule


@dataclass(frozen=True)
class Domain:
    """What a correction was trained on: molecules by their topology, and geometries up to a temperature in K."""

    topologies: frozenset[str]
    highest_temperature_k: float


HIGHEST_K = max(temperature for temperature, _ in TEMPERATURES_K)


def packaged_domain() -> Domain:
    """That of the packaged corrections."""
    known = [load(name) for name in molecule_names()]
    return Domain(frozenset(one.topology for one in known if has_kernel(one)), HIGHEST_K)


def checked(
    molecule: Molecule, residuals_kj_mol_nm: np.ndarray, temperature_k: float, weights: Path | None = None
) -> DomainCheck:
    """Was a run of a learned correction inside its domain?

    Exceeded is the temperature where the start is hotter than every label, and the residual where the rms of
    F_QM - F_in over the kicks of the run, (T,), is above that which its record states: then the run
    visits geometries that the correction does not know. The residual costs nothing, and is known for any start.
    """
    exceeded = {}
    if temperature_k > HIGHEST_K:
        exceeded["temperature_k"] = temperature_k - HIGHEST_K
    beyond = rms(residuals_kj_mol_nm) - stated_residual(molecule, weights)
    if not beyond <= 0:
        exceeded["residual_kj_mol_nm"] = beyond
    return DomainCheck(exceeded)


def rms(residuals_kj_mol_nm: Sequence[float] | np.ndarray) -> float:
    """Root mean square over the kicks that were made; NaN where there was none."""
    made = np.asarray(residuals_kj_mol_nm)[np.isfinite(residuals_kj_mol_nm)]
    return float(np.sqrt(np.mean(made**2))) if len(made) else float("nan")
