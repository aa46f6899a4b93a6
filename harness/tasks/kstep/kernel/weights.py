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
    path = (
        given
        if given is not None and given.is_file()
        else (given or PRETRAINED) / f"{MODEL}-{molecule.name}.safetensors"
    )
    if not path.is_file():
        known = sorted(p.stem.removeprefix(f"{MODEL}-") for p in PRETRAINED.glob(f"{MODEL}-*.safetensors"))
        raise InputError(
            f"no kernel potential of {molecule.name} (packaged: {', '.join(known) or 'none'}): train one with "
            f"'harness kstep train kernel {molecule.name} --out FOLDER' and name it with --weights"
        )
    return read(path, molecule, inner)


def has_kernel(molecule: Molecule) -> bool:
    """True if a potential of this molecule is packaged."""
    return (PRETRAINED / f"{MODEL}-{molecule.name}.safetensors").is_file()
