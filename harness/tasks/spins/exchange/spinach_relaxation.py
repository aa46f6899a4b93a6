"""The part of a Spinach script that makes its spins relax."""

from __future__ import annotations

import numpy as np

from harness.errors import InputError
from harness.tasks.spins.systems import Molecule
from harness.tasks.spins.systems.relaxation import Relaxation

COMPLETE_UP_TO = 5
"""Spins up to which a script with Redfield's matrix takes a complete basis: 1,024 states; six take 4,096."""


def checked(molecule: Molecule, relaxation: Relaxation) -> Relaxation:
    """``relaxation`` if it has as many spins as the molecule; :class:`InputError` otherwise."""
    try:
        relaxation.check_size(len(molecule))
    except InputError as error:
        raise InputError(f"{molecule.name!r}: {error}") from None
    return relaxation


def theory_lines(relaxation: Relaxation) -> list[str]:
    """Spinach's input for the theory: rates, or positions, tensors and correlation time."""
    lines = [
        "",
        "% Relaxation: rates in Hz, coordinates in Angstrom, times in seconds",
        f"inter.relaxation={{'{relaxation.model}'}};",
        f"inter.rlx_keep='{relaxation.rlx_keep}'; inter.equilibrium='{relaxation.equilibrium}';",
    ]
    if relaxation.temperature_k is not None:
        lines.append(f"inter.temperature={relaxation.temperature_k!r};")
    if relaxation.damp_rate_per_s is not None:
        lines.append(f"inter.damp_rate={relaxation.damp_rate_per_s!r};")
    for name, rates in (("r1_rates", relaxation.r1_per_s), ("r2_rates", relaxation.r2_per_s)):
        if rates is not None:
            lines.append(f"inter.{name}={{{','.join(map(repr, rates.tolist()))}}};")
    if relaxation.tau_c_s is not None:
        lines.append(f"inter.tau_c={{{relaxation.tau_c_s!r}}};")
    if relaxation.positions_angstrom is not None:
        rows = [f"    {_row(place)}" for place in relaxation.positions_angstrom.tolist()]
        lines += ["inter.coordinates={...", ";...\n".join(rows) + "};"]
    if relaxation.csa_ppm is not None:
        lines += ["% Anisotropic parts of the shift tensors, ppm", f"inter.zeeman.matrix=cell(1,{relaxation.spins});"]
        for k, tensor in enumerate(relaxation.csa_ppm):
            part = tensor - np.eye(3) * np.trace(tensor) / 3
            rows = ";".join(_row(row)[1:-1] for row in part.tolist())
            lines.append(f"inter.zeeman.matrix{{{k + 1}}}=[{rows}];")
    return lines


def basis_lines(relaxation: Relaxation, spins: int) -> list[str]:
    """Liouville space: complete, or for Redfield's matrix of more spins each with all that it is coupled to (IK-2)."""
    redfield = relaxation.model == "redfield"
    if redfield and spins > COMPLETE_UP_TO:
        title = "% Each spin with all that it is coupled to, and all pairs: relaxation that leaves this basis is lost"
        kind = "bas.approximation='IK-2'; bas.connectivity='scalar_couplings'; bas.space_level=2;"
    else:
        title, kind = "% Complete basis", "bas.approximation='none';"
    lines = ["", title, "bas.formalism='sphten-liouv';", kind]
    if not redfield and relaxation.equilibrium == "zero":
        lines.append("bas.projections=+1;")
    return lines


def hamiltonian_lines(relaxation: Relaxation) -> list[str]:
    """H and the relaxation superoperator; 'secular' asks for a full table of states, which Octave needs."""
    table = ["spin_system.bas.basis=full(spin_system.bas.basis);"] if relaxation.rlx_keep == "secular" else []
    return [*table, "H=hamiltonian(spin_system)+1i*relaxation(spin_system);"]


def _row(numbers: list[float]) -> str:
    return f"[{','.join(map(repr, numbers))}]"
