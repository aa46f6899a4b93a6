"""Our own ``em`` against the answers of NWChem that come with the package: dipole, Re P and complex P."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from harness.tasks.tddft.faults import FaultySubject, fault_named
from harness.tasks.tddft.fields import DeltaStep
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.impulse import as_impulse
from harness.tasks.tddft.nwchem.answer import Answer
from harness.tasks.tddft.nwchem.cases import fresh_requests
from harness.tasks.tddft.nwchem.deck import FINE_UP_TO
from harness.tasks.tddft.nwchem.request import Request
from harness.tasks.tddft.plans import case_of
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.structure import structure_of
from harness.tasks.tddft.systems import FINEST_QUADRATURE
from harness.tasks.tddft.trajectory import induced


@dataclass(frozen=True)
class Agreement:
    """Largest differences of one request: |Δδμ| in e·bohr, |Δ Re P| and |ΔP| (None where NWChem did not give them)."""

    case: str
    dipole: float
    real: float | None
    complex: float | None


def agreement(request: Request, stored: Answer, conjugated: bool = False) -> Agreement:
    """Propagate the request; ``conjugated`` compares with the conjugate of P, a sample late, which must not agree."""
    structure = structure_of(request.system)
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
    grid = "" if request.system.functional == "hf" else f", grid {request.system.quadrature}"
    dipole = float(np.abs(found.induced - stored.induced).max())
    return Agreement(f"{case_of(request).id}{grid}", dipole, real, complete)


def faulty_dipole(request: Request, stored: Answer) -> float:
    """Largest |Δδμ| with one per cent of exchange missing."""
    answer = FaultySubject(fault_named("exchange times 0.99")).answer(request.system, request.grid)
    return float(np.abs(induced(answer).T - stored.induced).max())


def grid_difference(request: Request) -> float:
    """Largest |Δδμ| between the quadrature grid of the request and our finest one, by ``cfm4`` in steps of 0.2 au."""
    system = as_impulse(request.system, request.grid)
    grid = AtomicTimeGrid.until(request.grid.horizon_au, 0.2)
    own, finest = (
        evolve(structure_of(replace(system, quadrature=level)), system.field, grid).induced
        for level in (system.quadrature, FINEST_QUADRATURE)
    )
    return float(np.abs(own - finest).max())


def is_fresh(request: Request) -> bool:
    """True for the requests whose grids and horizons were set before their answers were known."""
    return request.key in {one.key for one in fresh_requests()}


def grids_are_compared(request: Request) -> bool:
    """True for fresh kicks: pulses are on level 7, where the finest grid takes minutes."""
    return is_fresh(request) and request.system.quadrature <= FINE_UP_TO


def grids_agree(request: Request) -> bool:
    """True where the quadrature grids of both programs are fine enough that propagators are compared, not grids.

    Kicks on closed shells need the grids ``fine``; open shells, and pulses that move a hundred times as much, need the
    finest ones. Fresh requests are judged apart.
    """
    system = request.system
    if is_fresh(request):
        return False
    closed_kick = system.restricted and isinstance(system.field, DeltaStep)
    return system.functional == "hf" or closed_kick or system.quadrature > FINE_UP_TO
