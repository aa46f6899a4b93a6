"""Paths as files: XYZ in Å with velocities, or a table of energies as CSV."""

from __future__ import annotations

from pathlib import Path as FilePath

import click

from harness.durable import write_text
from harness.errors import InputError
from harness.tasks.kstep.integrators.base import Path
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.units import ANGSTROM_NM

ENDINGS = (".xyz", ".csv")


def check_out(out: FilePath) -> None:
    """Refuse a file of another ending before anything is computed."""
    if out.suffix not in ENDINGS:
        raise InputError(f"--out {out}: ends in {out.suffix!r}; {' or '.join(ENDINGS)} can be written")


def write_path(path: Path, molecule: Molecule, out: FilePath | None) -> None:
    """Write the path to ``out``; the CSV to standard output where no file is named."""
    if out is None:
        click.echo(csv_text(path), nl=False)
        return
    write_text(out, csv_text(path) if out.suffix == ".csv" else xyz_text(path, molecule))
    click.echo(f"{out}: {len(path.positions_nm)} frames", err=True)


def csv_text(path: Path) -> str:
    """Time, energies in kJ/mol: one row for each state. The first has no potential energy where none was computed."""
    rows = ["t_ps,potential_kj_mol,kinetic_kj_mol,total_kj_mol"]
    for row in zip(path.times_ps, path.potential_kj_mol, path.kinetic_kj_mol, path.total_kj_mol, strict=True):
        rows.append(",".join("" if value != value else f"{value:.9g}" for value in row))
    return "\n".join(rows) + "\n"


def xyz_text(path: Path, molecule: Molecule) -> str:
    """Extended XYZ: positions in Å and velocities in Å/fs."""
    rows = []
    for time, places, speeds in zip(path.times_ps, path.positions_nm, path.velocities_nm_ps, strict=True):
        rows += [str(len(molecule)), f'Properties=species:S:1:pos:R:3:velo:R:3 time="{time * 1e3:.6g} fs"']
        for symbol, place, speed in zip(molecule.elements, places / ANGSTROM_NM, speeds * 0.01, strict=True):
            rows.append(" ".join([symbol, *(f"{value:.9f}" for value in (*place, *speed))]))
    return "\n".join(rows) + "\n"
