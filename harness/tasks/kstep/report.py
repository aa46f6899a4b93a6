"""What one run of an integrator shows, in lines for the terminal."""

from __future__ import annotations

from pathlib import Path as FilePath

import numpy as np

from harness.surrogates import DomainCheck
from harness.tasks.kstep.domain import checked
from harness.tasks.kstep.integrators.adaptive import AdaptiveRespa
from harness.tasks.kstep.integrators.base import Integrator, Path, run
from harness.tasks.kstep.integrators.rattle import Rattle
from harness.tasks.kstep.jump.integrator import Corrected
from harness.tasks.kstep.measure.drift import slope
from harness.tasks.kstep.methods import Setting, make
from harness.tasks.kstep.model import CORRECTED
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.read import with_geometry
from harness.tasks.kstep.references.answers import start_state
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.steps import Step
from harness.tasks.kstep.subjects import bonds_of
from harness.tasks.kstep.units import FS

FEWEST_FOR_A_SLOPE = 10


def integrated(
    found: Resolution,
    molecule: Molecule,
    method: str,
    step: Step,
    steps: int,
    temperature_k: float,
    seed: int,
    weights: FilePath | None = None,
    geometry: FilePath | None = None,
) -> tuple[Path, list[str]]:
    """The path of a method from a thermal start, made from the library's geometry or that of a file, in lines."""
    quantum = found.force(molecule, warm=True)
    integrator = make(method, Setting(molecule, quantum, step, weights))
    start = start_state(found, with_geometry(molecule, geometry), temperature_k, seed)
    begin = integrator.prepared(start) if isinstance(integrator, Rattle) else start
    path = run(integrator, begin, steps, bonds_of(molecule))
    taken = len(path.positions_nm) - 1
    length_fs = taken * integrator.dt_ps / FS
    failed = int(bool(path.fault))
    lines = [
        f"{molecule.name}, {method}, macro step {integrator.dt_ps / FS:g} fs, by {found.version}",
        f"{taken} of {steps} macro steps, {length_fs:g} fs, {path.qm_calls} quantum calls, {failed} failed",
    ]
    lines += _counts(path, integrator)
    if path.fault:
        lines.append(f"{path.fault}; a macro step of {integrator.dt_ps / FS:g} fs may be beyond stability: smaller --k")
    if taken >= FEWEST_FOR_A_SLOPE and np.isfinite(path.total_kj_mol[1:]).all():
        mean, left = slope(path)
        lines.append(
            f"total energy: slope {mean:+.4f} kJ/mol/ps, fluctuation {left:.4f} kJ/mol; one start is no measurement "
            "of a drift"
        )
    if method in CORRECTED:
        lines += _outside(checked(molecule, _residuals(path), temperature_k, weights))
    return path, lines


def _counts(path: Path, integrator: Integrator) -> list[str]:
    """One line about steps that were not made as planned."""
    if isinstance(integrator, Corrected):
        return [f"{path.retries} jumps made again with half the outputs, {path.fallbacks} replaced by quantum steps"]
    if isinstance(integrator, AdaptiveRespa):
        return [f"{path.fallbacks} macro steps in {integrator.parts} parts, after a window of large residuals"]
    return []


def _residuals(path: Path) -> np.ndarray:
    return np.array([]) if path.residual_kj_mol_nm is None else path.residual_kj_mol_nm


def _outside(check: DomainCheck) -> list[str]:
    """One line where a learned correction was used outside what it was trained for."""
    words = {"temperature_k": "the start is {:g} K hotter than every label", "residual_kj_mol_nm":
             "the residual of the kicks is {:.0f} kJ/mol/nm above that of its training"}  # fmt: skip
    reasons = [words[name].format(size) for name, size in check.exceeded.items()]
    return [f"OUTSIDE of what the correction was trained for: {', and '.join(reasons)}"] if reasons else []
