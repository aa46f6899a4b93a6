"""The shared correction on disk: safetensors with a checksum and a JSON record, as all weights of the harness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.surrogates.weights import read_arrays, save_weights
from harness.tasks.kstep.kernel.weights import PRETRAINED, SCHEMA, UNITS
from harness.tasks.kstep.shared.features import exponents
from harness.tasks.kstep.shared.potential import Learned, SharedCorrection
from harness.tasks.kstep.shared.terms import FAMILIES

MODEL = "kstep-shared"
FILE = f"{MODEL}.safetensors"


def save(path: Path, correction: SharedCorrection, record: dict[str, Any]) -> None:
    """Write a correction atomically; the same content gives the same bytes."""
    import torch

    keys = sorted(correction.keys)
    tensors = {
        name: torch.from_numpy(np.concatenate([getattr(correction.keys[key], name) for key in keys]))
        for name in ("mean", "deviation", "weights")
    }
    save_weights(path, MODEL, record | {"units": UNITS, "keys": [list(key) for key in keys]}, tensors, SCHEMA)


def load(inner: str, given: Path | None = None) -> SharedCorrection:
    """The correction in the file or folder ``given``, else the packaged one.

    Raises
    ------
    InputError
        If there is none, or it is damaged, of another force field, or in other units.
    """
    path = given if given is not None and given.is_file() else (given or PRETRAINED) / FILE
    if not path.is_file():
        raise InputError(f"no shared correction at {path}: make one with 'harness kstep train shared --out FOLDER'")
    found = read_arrays(path, MODEL, SCHEMA, "train it anew: harness kstep train shared --out FOLDER")
    record = found.record
    if record.get("units") != UNITS:
        raise InputError(f"weights {path}: in units {record.get('units')!r}, {UNITS!r} are due; train it anew")
    if record["inner"] != inner:
        raise InputError(f"weights {path}: a correction of {record['inner']}, not of {inner}; take another force field")
    keys = [(str(family), str(key)) for family, key in record["keys"]]
    edges = np.cumsum([0, *(FAMILIES[family][0] for family, _ in keys)])
    ends = np.cumsum([0, *(len(exponents(*FAMILIES[family])) for family, _ in keys)])
    arrays = found.tensors
    return SharedCorrection({
        key: Learned(arrays["mean"][a:b], arrays["deviation"][a:b], arrays["weights"][c:d])
        for key, a, b, c, d in zip(keys, edges[:-1], edges[1:], ends[:-1], ends[1:], strict=True)
    })  # fmt: skip
