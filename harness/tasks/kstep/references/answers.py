"""What the reference has to compute: start states, reference trajectories, second derivatives; all are cached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from harness.bridge.recorded import Recorded, Request
from harness.errors import InputError
from harness.tasks.kstep.forces.base import Counted
from harness.tasks.kstep.forces.tblite import ACCURACY, METHOD
from harness.tasks.kstep.integrators.base import Path, run
from harness.tasks.kstep.integrators.langevin import FRICTION_PS, Langevin
from harness.tasks.kstep.integrators.verlet import VelocityVerlet
from harness.tasks.kstep.minimum import hessian
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.references.entries import exact
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.rigid import without_rigid_motion
from harness.tasks.kstep.state import State, kinetic_energy, thermal_velocities
from harness.tasks.kstep.units import BASE_DT_PS, FS

START_DT_PS = 5e-4
START_PS = 1.0
"""Langevin at friction 10/ps for 1 ps: ten relaxation times of the velocities."""
STRIDE = 4
"""Reference trajectories store every fourth base step, 1 fs, where k is a multiple of 4."""


def start_state(found: Resolution, molecule: Molecule, temperature_k: float, seed: int) -> State:
    """A state at thermal equilibrium on GFN2-xTB, without momentum and angular momentum.

    From the library's geometry with velocities of twice the temperature, then Langevin for :data:`START_PS`.
    """
    _check_temperature(temperature_k)
    request = _about(molecule) | {
        "kind": "start", "temperature_k": temperature_k, "seed": seed, "dt_ps": START_DT_PS, "length_ps": START_PS,
        "friction_ps": FRICTION_PS, "geometry": exact(molecule.positions_nm),
    }  # fmt: skip

    def compute() -> dict[str, np.ndarray]:
        rng = np.random.default_rng(seed)
        masses = molecule.masses_da
        langevin = Langevin(Counted(found.force(molecule, warm=True)), masses, START_DT_PS, temperature_k, rng)
        begin = State(molecule.positions_nm, thermal_velocities(molecule.positions_nm, masses, 2 * temperature_k, rng))
        path = run(langevin, begin, round(START_PS / START_DT_PS))
        if path.fault:
            raise InputError(f"{molecule.name} at {temperature_k:g} K, seed {seed}: {path.fault}; take another seed")
        positions = path.positions_nm[-1] - masses @ path.positions_nm[-1] / masses.sum()
        velocities = without_rigid_motion(positions, path.velocities_nm_ps[-1], masses)
        return {"positions_nm": positions, "velocities_nm_ps": velocities}

    arrays = _answer(found, molecule, request, compute)
    return State(arrays["positions_nm"], arrays["velocities_nm_ps"])


def reference_path(found: Resolution, molecule: Molecule, start: State, length_fs: int, stride: int = STRIDE) -> Path:
    """Velocity Verlet of 0.25 fs on GFN2-xTB over ``length_fs``, a state every ``stride`` base steps; each SCF cold."""
    request = _about(molecule) | {
        "kind": "window", "dt_ps": BASE_DT_PS, "stride": stride, "length_fs": length_fs,
        "positions": exact(start.positions_nm), "velocities": exact(start.velocities_nm_ps),
    }  # fmt: skip

    def compute() -> dict[str, np.ndarray]:
        integrator = VelocityVerlet(Counted(found.force(molecule)), molecule.masses_da, BASE_DT_PS)
        path = run(integrator, start.bare(), round(length_fs * FS / BASE_DT_PS))
        if path.fault:
            raise InputError(f"{molecule.name}: the reference trajectory has no end ({path.fault}); take another start")
        return {
            "positions_nm": path.positions_nm[::stride],
            "velocities_nm_ps": path.velocities_nm_ps[::stride],
            "potential_kj_mol": path.potential_kj_mol[::stride],
        }

    arrays = _answer(found, molecule, request, compute)
    velocities = arrays["velocities_nm_ps"]
    return Path(
        stride * BASE_DT_PS, arrays["positions_nm"], velocities, arrays["potential_kj_mol"],
        kinetic_energy(velocities, molecule.masses_da), round(length_fs * FS / BASE_DT_PS) + 1,
    )  # fmt: skip


def hessian_at(found: Resolution, molecule: Molecule) -> np.ndarray:
    """Second derivatives of GFN2-xTB at the molecule's geometry, (3N, 3N) in kJ/mol/nm²."""
    request = _about(molecule) | {"kind": "hessian", "geometry": exact(molecule.positions_nm)}

    def compute() -> dict[str, np.ndarray]:
        return {"hessian": hessian(found.force(molecule), molecule.positions_nm)}

    return _answer(found, molecule, request, compute)["hessian"]


def _about(molecule: Molecule) -> dict[str, Any]:
    return {
        "method": METHOD, "accuracy": ACCURACY, "numbers": list(molecule.numbers), "charge": molecule.charge,
        "masses_da": exact(molecule.masses_da),
    }  # fmt: skip


def _answer(
    found: Resolution, molecule: Molecule, fields: Mapping[str, Any], compute: Callable[[], dict[str, np.ndarray]]
) -> Mapping[str, np.ndarray]:
    """From the cache, else computed and cached."""
    request = Request(fields, f"{fields['kind']} of {molecule.name}")
    entry = found.cache.find(request) if found.cache is not None else None
    if entry is not None:
        return entry.arrays
    if not found.live:
        raise InputError(f"the cache holds no {fields['kind']} of this molecule and start; {found.refusal()}")
    provenance = {"engine": found.version, "date": datetime.now(UTC).date().isoformat()}
    computed = Recorded(request, compute(), provenance)
    if found.cache is not None:
        found.cache.store(computed)
    return computed.arrays


def _check_temperature(temperature_k: float) -> None:
    if not 0 < temperature_k <= 5000:
        raise InputError(f"temperature {temperature_k!r} K must be above 0 and at most 5000")
