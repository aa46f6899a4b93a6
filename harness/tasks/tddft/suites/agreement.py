"""Our own ``em`` against the answers of NWChem that come with the package: dipole, Re P and complex P."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from harness.tasks.tddft.faults import weaker_exchange
from harness.tasks.tddft.nwchem.answer import Answer
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.plans import case_of
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.structure import Structure, structure_of, structure_on


@dataclass(frozen=True)
class Agreement:
    """Largest differences of one request: |Δδμ| in e·bohr, |Δ Re P| and |ΔP| (None where NWChem did not give them)."""

    case: str
    dipole: float
    real: float | None
    complex: float | None


def same_sum(request: Request) -> bool:
    """True where both programs form the same sums, so that their propagators are compared and not their quadrature
    grids: in Hartree-Fock, and where the points are NWChem's."""
    return request.system.functional == "hf" or request.with_points


def agreement(request: Request, stored: Answer, conjugated: bool = False) -> Agreement:
    """Propagate the request; ``conjugated`` compares with the conjugate of P, a sample late, which must not agree."""
    structure = _structure(request, stored)
    wanted = bool(request.real_every or request.complex_at)
    found = evolve(structure, request.system.field, request.grid, "em", densities=wanted)
    real = complete = None
    if found.densities is not None and request.real_every:
        ours = structure.to_atomic_orbitals(found.densities[int(conjugated) :: request.real_every])
        real = float(np.abs(stored.real_densities[: len(ours)] - np.real(ours)).max())
    if found.densities is not None and request.complex_at:
        ours = found.densities[list(request.complex_at)]
        theirs = structure.from_atomic_orbitals(stored.complex_densities)
        complete = float(np.abs(theirs - (ours.conj() if conjugated else ours)).max())
    dipole = float(np.abs(found.induced - stored.induced).max())
    return Agreement(f"{case_of(request).id}{_grid(request)}", dipole, real, complete)


def faulty_dipole(request: Request, stored: Answer) -> float:
    """Largest |Δδμ| with one per cent of exchange missing."""
    structure = _structure(request, stored)
    wrong = replace(structure, interaction=weaker_exchange(structure))
    found = evolve(structure, request.system.field, request.grid, "em", model=wrong)
    return float(np.abs(found.induced - stored.induced).max())


def _structure(request: Request, stored: Answer) -> Structure:
    return structure_on(request.system, stored.points) if request.with_points else structure_of(request.system)


def _grid(request: Request) -> str:
    if request.system.functional == "hf":
        return ""
    return ", the same points" if request.with_points else f", grid {request.system.quadrature}"
