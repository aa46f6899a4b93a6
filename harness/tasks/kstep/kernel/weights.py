"""Kernel potentials on disk: safetensors with a checksum and a JSON record, as all weights of the harness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.surrogates.weights import read_arrays, save_weights
from harness.tasks.kstep.kernel.potential import KernelPotential
from harness.tasks.kstep.molecule import Molecule

MODEL = "kstep-kernel"
SCHEMA = "kstep-weights-1"
UNITS = "nm, kJ/mol"
PRETRAINED = Path(__file__).parents[1] / "pretrained"


def save(path: Path, potential: KernelPotential, record: dict[str, Any]) -> None:
    """Write a potential atomically; the same content gives the same bytes."""
    import torch

    about = record | {"width": potential.width, "offset": potential.offset, "topology": potential.topology}
    tensors = {
        "centres": torch.from_numpy(potential.centres),
        "weights": torch.from_numpy(potential.weights),
        "permutations": torch.from_numpy(potential.permutations.astype(np.int64)),
    }
    save_weights(path, MODEL, about, tensors, SCHEMA)


def read(path: Path, molecule: Molecule, inner: str) -> KernelPotential:
    """The potential of a molecule on top of a force field.

    Raises
    ------
    InputError
        If the file is damaged, of another molecule, on another force field, or in other units.
    """
    found = read_arrays(path, MODEL, SCHEMA, f"train it anew: harness kstep train kernel {molecule.name}")
    record = found.record
    if record.get("units") != UNITS:
        raise InputError(f"weights {path}: in units {record.get('units')!r}, {UNITS!r} are due; train it anew")
    if record["inner"] != inner:
        raise InputError(
            f"weights {path}: a correction of {record['inner']}, not of {inner}; name the other force field"
        )
    potential = KernelPotential(
        found.tensors["centres"], found.tensors["weights"], float(record["width"]), float(record["offset"]),
        str(record["topology"]), found.tensors["permutations"],
    )  # fmt: skip
    potential.check(molecule)
    return potential


def load_kernel(molecule: Molecule, inner: str, given: Path | None = None) -> KernelPotential:
    """The potential in the file or folder ``given``, else the packaged one.

    Raises
    ------
    InputError
        If there is none, with the command that trains one.
    """
    if given is not None and not given.exists():
        raise InputError(f"weights {given}: there is no such file or folder")
    path = file_of(molecule, given)
    if not path.is_file():
        known = sorted(p.stem.removeprefix(f"{MODEL}-") for p in PRETRAINED.glob(f"{MODEL}-*.safetensors"))
        raise InputError(
            f"no kernel potential of {molecule.name} (packaged: {', '.join(known) or 'none'}): train one with "
            f"'harness kstep train kernel {molecule.name} --out FOLDER' and name it with --weights"
        )
    return read(path, molecule, inner)


def file_of(molecule: Molecule, given: Path | None = None) -> Path:
    """The file ``given``, or that of the molecule in the folder ``given``, else in the package; it may be missing."""
    if given is not None and given.is_file():
        return given
    return (given or PRETRAINED) / f"{MODEL}-{molecule.name}.safetensors"


def has_kernel(molecule: Molecule) -> bool:
    """True if a potential of this molecule is packaged."""
    return file_of(molecule).is_file()


def stated_residual(molecule: Molecule, given: Path | None = None) -> float:
    """The rms force in kJ/mol/nm that a potential leaves, by its record: at held-out geometries, else at its labels."""
    path = file_of(molecule, given)
    record = read_arrays(path, MODEL, SCHEMA, f"train it anew: harness kstep train kernel {molecule.name}").record
    return float(record["held_out_kj_mol_nm"][0] if "held_out_kj_mol_nm" in record else record["residual_kj_mol_nm"])
