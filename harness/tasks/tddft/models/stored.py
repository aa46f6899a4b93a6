"""Learned models of the Fock matrix on disk: safetensors with a record and a checksum, read before use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from harness.durable import write_json
from harness.errors import InputError
from harness.surrogates.weights import Weights, read_arrays, save_weights
from harness.tasks.tddft.models.geometry import GeometryModel
from harness.tasks.tddft.models.ridge import Ridge
from harness.tasks.tddft.structure import Structure

SCHEMA = "tddft-weights-1"
FOLDER = Path(__file__).parents[1] / "weights"
SINGLE_PRECISION_ABOVE = 100_000
"""An array with more numbers is stored in single precision, which has no effect on the error of the fit."""


def save_model(path: Path, model: Ridge | GeometryModel, record: Mapping[str, Any]) -> None:
    """Write a model, and its record next to it as JSON."""
    import torch

    arrays = _arrays(model)
    tensors = {
        name: torch.from_numpy(
            np.ascontiguousarray(array.astype(np.float32) if array.size > SINGLE_PRECISION_ABOVE else array)
        )
        for name, array in arrays.items()
    }
    name = _name(model)
    if isinstance(model, GeometryModel):
        record = {**record, "molecule": model.molecule, "degree": model.degree, "seeds": list(model.seeds)}
    save_weights(path, name, record, tensors, SCHEMA)
    write_json(path.with_suffix(".json"), {"sha256": read_arrays(path, name, SCHEMA).sha256, **record})


def load_ridge(path: Path, structure: Structure) -> tuple[Ridge, dict[str, Any]]:
    """``ridge`` as it was learned at one geometry, for the structure of exactly that geometry.

    Raises
    ------
    InputError
        If the file is damaged, or of another molecule, geometry, functional, quadrature or basis.
    """
    weights = _read(path, "ridge")
    record = dict(weights.record)
    if record["ground_fingerprint"] != structure.system.ground_fingerprint:
        raise InputError(
            f"{structure.system.name}: the model 'ridge' was trained for {record['system']} alone: take "
            "'kernel', or train it with 'harness tddft train ridge'"
        )
    arrays = {key: np.asarray(value, dtype=float) for key, value in weights.tensors.items()}
    return Ridge(arrays["ground_fock"], structure.ground[0], arrays["real"], arrays["imaginary"]), record


def load_geometry(path: Path) -> GeometryModel:
    """The polynomials of a file."""
    weights = _read(path, "geometry")
    record, arrays = weights.record, weights.tensors
    coefficients = np.asarray(arrays["coefficients"], dtype=float)
    shells = np.asarray(arrays["shells"])
    seeds = (int(record["seeds"][0]), int(record["seeds"][1]))
    return GeometryModel(record["molecule"], record["degree"], len(shells), coefficients, shells, seeds)


def _read(path: Path, name: str) -> Weights:
    return read_arrays(path, name, SCHEMA, f"train it anew with 'harness tddft train {name}'")


def _name(model: Ridge | GeometryModel) -> str:
    return {Ridge: "ridge", GeometryModel: "geometry"}[type(model)]


def _arrays(model: Ridge | GeometryModel) -> dict[str, np.ndarray]:
    if isinstance(model, Ridge):
        return {"ground_fock": np.real(model.ground_fock), "real": model.real, "imaginary": model.imaginary}
    return {"coefficients": model.coefficients, "shells": model.shells}
