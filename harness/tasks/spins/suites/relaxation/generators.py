"""Trace and positivity of exp(L t) of the dense reference, L = -i[H, ·] + R between all 4^N product states.

The trace is the element of the unit state, which nothing may change. A map of states is completely positive if and only
if its Choi matrix Σ_ab |a><b| ⊗ exp(L t)|a><b| has no negative eigenvalue (M.-D. Choi, Linear Algebra Appl. 10, 285
(1975)). The whole Redfield matrix of an isotropic average and its secular part give such maps; "kite", which leaves out
cross relaxation between transverse states, gives none where cross correlations matter: three spins in slow tumbling
reach eigenvalues of -2e-2. It is recorded, and it is the control of positivity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from harness.report import Measurement
from harness.suites.asking import Claim
from harness.tasks.spins.references.liouville_dense import generator
from harness.tasks.spins.relaxation.laboratory import LaboratorySystem
from harness.tasks.spins.relaxation.states import ProductStates
from harness.tasks.spins.spinach.relaxation_cases import made
from harness.tasks.spins.suites.relaxation.plan import BELIEVED
from harness.tasks.spins.systems import SpinSystem
from harness.tasks.spins.systems.relaxation import MODELS

TIMES_S = (1e-3, 1e-2, 0.1, 1.0)
SIZES = (2, 3)


@dataclass(frozen=True)
class Conserved:
    """Of one generator over :data:`TIMES_S`: largest change of the trace, lowest eigenvalue of the Choi matrix."""

    case: str
    trace: float
    lowest: float


def judged_systems() -> Iterator[tuple[str, SpinSystem]]:
    """Each model; of a Redfield matrix the secular part and the whole."""
    for size in SIZES:
        for model in MODELS:
            system = made(model, size, 1)
            yield f"{model}, {size} spins, secular", system
        whole = replace(_relaxation(system), rlx_keep="labframe")
        yield f"redfield, {size} spins, labframe", system.with_(relaxation=whole)


def kite_system() -> SpinSystem:
    """Three spins that tumble with 3 ns, "kite"."""
    system = made("redfield", 3, 0)
    return system.with_(relaxation=replace(_relaxation(system), rlx_keep="kite", tau_c_s=3e-9))


def conserved(case: str, system: SpinSystem, unit_rate_per_s: float = 0.0) -> Conserved:
    """Trace and positivity of the generator of a system; with ``unit_rate_per_s`` the unit state decays, a mistake."""
    from scipy.linalg import expm

    states = ProductStates.complete(len(system))
    matrix = generator(LaboratorySystem.of(system), states)
    unit = states.place({})
    matrix[unit, unit] -= unit_rate_per_s
    basis = states.matrices()
    changes, lowest = [], []
    for time_s in TIMES_S:
        step = expm(matrix * time_s)
        row = step[unit].copy()
        row[unit] -= 1
        changes.append(float(np.abs(row).max()))
        lowest.append(float(np.linalg.eigvalsh(choi_matrix(step, basis))[0]))
    return Conserved(case, max(changes), min(lowest))


def choi_matrix(step: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """(4^N, 4^N) Hermitian part of Σ_ab |a><b| ⊗ step(|a><b|)/2^N; ``basis`` (D, 2^N, 2^N) are the states."""
    size = basis.shape[1]
    images = np.einsum("dij,de,eab->aibj", basis, step, basis, optimize=True)
    choi = images.reshape(size**2, size**2) / size
    return (choi + choi.conj().T) / 2


def generator_claims() -> list[Claim]:
    """Largest change of the trace, and the lowest eigenvalue, of all judged systems; those of "kite" are recorded."""
    rows = [conserved(case, system) for case, system in judged_systems()]
    kite = conserved("redfield, 3 spins, kite", kite_system())
    return [trace_claim(rows), positive_claim(rows), replace(positive_claim([kite]), target=None)]


def trace_claim(rows: list[Conserved]) -> Claim:
    """Largest change of the trace."""
    worst = max(rows, key=lambda row: row.trace)
    return _claim("largest change of the trace", rows, worst, worst.trace, "reference_trace")


def positive_claim(rows: list[Conserved]) -> Claim:
    """How far below 0 the lowest eigenvalue of a Choi matrix lies."""
    worst = min(rows, key=lambda row: row.lowest)
    metric = "lowest eigenvalue of the Choi matrix, below 0"
    return _claim(metric, rows, worst, max(0.0, -worst.lowest), "reference_positive")


def _claim(metric: str, rows: list[Conserved], worst: Conserved, value: float, target: str) -> Claim:
    case = f"{len(rows)} generators" if len(rows) > 1 else worst.case
    return Claim(
        Measurement(
            metric, case, BELIEVED, "theory", value, worst=worst.case if len(rows) > 1 else "",
            subject_provenance={"kind": "reference", "name": BELIEVED}, cases=len(rows),
        ),
        target,
    )  # fmt: skip


def _relaxation(system: SpinSystem):
    assert system.relaxation is not None
    return system.relaxation
