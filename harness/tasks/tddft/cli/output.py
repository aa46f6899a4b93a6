"""Answers and spectra as text, JSON, figures and HDF5."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.durable import write_json, write_text, writing
from harness.errors import InputError
from harness.tasks.tddft.systems import MolecularSystem
from harness.tasks.tddft.trajectory import density_of, induced
from harness.tasks.tddft.units import HARTREE_EV, TIME_FS
from harness.trajectory import Trajectory


def csv_text(answer: Trajectory) -> str:
    """Columns t_au, dipole_x … dipole_z (e·bohr) and energy (hartree) where it is there."""
    columns = [answer.grid.times_au, *answer.arrays["dipole"]]
    names = ["t_au", "dipole_x", "dipole_y", "dipole_z"]
    if "energy" in answer.arrays:
        columns.append(answer.arrays["energy"])
        names.append("energy")
    rows = [",".join(f"{value:.12g}" for value in row) for row in np.array(columns).T]
    return "\n".join([",".join(names), *rows, ""])


def write(path: Path, system: MolecularSystem, answer: Trajectory) -> None:
    """Write an answer in the format of the file's ending."""
    if path.suffix == ".csv":
        write_text(path, csv_text(answer))
    elif path.suffix == ".json":
        arrays = {name: answer.arrays[name].tolist() for name in ("dipole", "energy") if name in answer.arrays}
        about = {"system": system.as_dict(), "dt_au": answer.grid.dt_au, **answer.provenance.as_dict()}
        write_json(path, {**about, "time_au": answer.grid.times_au.tolist(), **arrays})
    elif path.suffix == ".png":
        _draw_dipole(path, system, answer)
    else:
        _write_trajectory(path, system, answer)


def _write_trajectory(path: Path, system: MolecularSystem, answer: Trajectory) -> None:
    from harness.tasks.tddft.dataset import provenance, write_trajectory
    from harness.tasks.tddft.propagators import Evolution
    from harness.tasks.tddft.structure import structure_of

    arrays, found = answer.arrays, density_of(answer)
    if found is None or "energy" not in arrays:
        raise InputError(
            f"--out {path}: a .h5 holds densities, which {answer.provenance.method} does not give; take .csv"
        )
    densities = np.moveaxis(found, -1, 0)
    builds = int(answer.provenance.details.get("builds", 0))
    evolution = Evolution(answer.grid, arrays["dipole"].T, builds, densities, arrays["energy"])
    about = {"propagator": answer.provenance.method, "provenance": provenance()}
    write_trajectory(path, system, structure_of(system), evolution, about)


def _draw_dipole(path: Path, system: MolecularSystem, answer: Trajectory) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.add_subplot()
    for name, samples in zip("xyz", induced(answer), strict=True):
        axes.plot(answer.grid.times_au * TIME_FS, samples, label=name, linewidth=1)
    axes.set_xlabel("time (fs)")
    axes.set_ylabel("induced dipole moment (e·bohr)")
    axes.set_title(f"{system.name}, {system.functional}/{system.basis}, by {answer.provenance.method}", fontsize=10)
    axes.legend(frameon=False)
    with writing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=150)


def draw_spectrum(
    path: Path, title: str, energies_ev: np.ndarray, strength: np.ndarray, sticks: tuple[np.ndarray, np.ndarray]
) -> None:
    """The strength function over the photon energy, with the excitations of linear response as sticks."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(energies_ev, strength, linewidth=1)
    twin = axes.twinx()
    twin.vlines(sticks[0], 0, sticks[1], colors="tab:orange", linewidth=1)
    twin.set_ylabel("oscillator strength of linear response", color="tab:orange")
    twin.set_ylim(bottom=0)
    axes.set_xlabel("photon energy (eV)")
    axes.set_ylabel("dipole strength function (1/eV)")
    axes.set_xlim(energies_ev[0], energies_ev[-1])
    axes.set_title(title, fontsize=10)
    with writing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=150)


def spectrum_text(energies_ev: np.ndarray, strength: np.ndarray) -> str:
    """Columns energy_ev and strength_per_ev."""
    rows = [f"{energy:.6g},{value:.8g}" for energy, value in zip(energies_ev, strength, strict=True)]
    return "\n".join(["energy_ev,strength_per_ev", *rows, ""])


def per_ev(strength_per_hartree: np.ndarray) -> np.ndarray:
    """A strength function in 1/hartree in 1/eV."""
    return strength_per_hartree / HARTREE_EV
