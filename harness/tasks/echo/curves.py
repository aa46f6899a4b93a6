"""Curves with their labels, in memory and in one HDF5 file that is written whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.durable import writing
from harness.errors import InputError
from harness.tasks.echo.labels import Prior
from harness.tasks.echo.plan import EchoPlan

SCHEMA = "echo-curves-1"
LARGEST_MAGNETISATION = 0.501
"""|M| of spins 1/2 is at most 1/2; a curve with larger values has another normalisation."""


@dataclass(frozen=True, eq=False)
class CurveSet:
    """n curves: ``m`` (n, T) complex64, ``labels`` (n, V) float64 in the order of ``prior``, and the recipe as values.

    ``labels`` is None for curves whose labels are not known.
    """

    m: np.ndarray
    labels: np.ndarray | None
    recipe: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.m.ndim != 2 or self.m.dtype.kind != "c":
            raise InputError(f"curves: {self.m.dtype} {self.m.shape}, where complex (n, T) is due")
        if self.labels is not None and self.labels.shape != (len(self.m), len(self.prior.labels)):
            raise InputError(
                f"labels: shape {self.labels.shape}, where ({len(self.m)}, {len(self.prior.labels)}) is due"
            )

    def __len__(self) -> int:
        return len(self.m)

    @property
    def prior(self) -> Prior:
        """Labels and their ranges."""
        return Prior.from_list(self.recipe["prior"])

    @property
    def plan(self) -> EchoPlan:
        """The plan that the curves were sampled on."""
        return plan_of(self.recipe)

    def known_labels(self) -> np.ndarray:
        """(n, V) the labels.

        Raises
        ------
        InputError
            Where they are not known.
        """
        if self.labels is None:
            raise InputError("these curves have no labels: a score needs them")
        return self.labels

    def take(self, rows: np.ndarray | slice) -> CurveSet:
        """The set of these rows."""
        return CurveSet(self.m[rows], None if self.labels is None else self.labels[rows], self.recipe)


def plan_of(recipe: Mapping[str, Any]) -> EchoPlan:
    """The plan of a recipe that is given as plain values."""
    return EchoPlan.from_dict(recipe["plan"])


def joined(sets: list[CurveSet]) -> CurveSet:
    """One set from several with labels, with the recipe of the first."""
    return CurveSet(
        np.concatenate([one.m for one in sets]),
        np.concatenate([one.known_labels() for one in sets]),
        sets[0].recipe,
    )


def refuse_unlike(curves: CurveSet, other: CurveSet) -> None:
    """Refuse a second set of curves whose recipe differs from the first in more than count, seed and name.

    Raises
    ------
    InputError
        Naming the first entry of the recipes that differs.
    """
    for key, value in curves.recipe.items():
        if key not in ("name", "count", "seed") and other.recipe.get(key) != value:
            raise InputError(f"the two sets of curves differ in {key}: {value!r} and {other.recipe.get(key)!r}")


def write_curves(path: str | Path, curves: CurveSet) -> str:
    """Write a set atomically and give its content hash; the same content gives the same bytes."""
    import h5py

    content = _content_sha256(curves)
    with writing(path) as temporary, h5py.File(temporary, "w", libver=("earliest", "v110")) as file:
        file.attrs["schema"] = SCHEMA
        file.attrs["recipe"] = json.dumps(curves.recipe, sort_keys=True)
        file.attrs["content_sha256"] = content
        arrays = {"real": np.real(curves.m), "imag": np.imag(curves.m), "labels": curves.labels}
        for name, array in arrays.items():
            if array is not None:
                file.create_dataset(name, data=array, track_times=False)
    return content


def read_curves(path: str | Path, recipe: Mapping[str, Any] | None = None) -> CurveSet:
    """Read a set, from the file or the folder of ``harness echo dataset`` that holds it.

    Raises
    ------
    InputError
        If the file is missing, damaged, of another schema, with values that no curve has, or not of ``recipe`` where
        that is given.
    """
    import h5py

    path = Path(path)
    path = path / "curves.h5" if path.is_dir() else path
    if not path.is_file():
        raise InputError(f"curves {path}: no such file; make it with 'harness echo dataset'")
    try:
        with h5py.File(path, "r") as file:
            if file.attrs.get("schema") != SCHEMA:
                raise InputError(f"curves {path}: schema {file.attrs.get('schema')!r}, this version reads {SCHEMA!r}")
            m = (file["real"][()] + 1j * file["imag"][()]).astype(np.complex64)  # type: ignore[index]
            labels = np.asarray(file["labels"]) if "labels" in file else None
            found = CurveSet(m, labels, json.loads(str(file.attrs["recipe"])))
            content = str(file.attrs["content_sha256"])
    except InputError:
        raise
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        line = " ".join(str(error).split())[:200]
        raise InputError(f"curves {path}: truncated or damaged ({line}); make the file anew") from None
    if _content_sha256(found) != content:
        raise InputError(f"curves {path}: checksum differs, the file was changed; make it anew")
    refuse_unphysical(found.m, found.plan.points, f"curves {path}", 10.0 * float(found.recipe["noise"]))
    if recipe is not None and dict(found.recipe) != dict(recipe):
        raise InputError(f"curves {path}: made by another recipe; choose another folder, or remove this file")
    return found


def _content_sha256(curves: CurveSet) -> str:
    digest = hashlib.sha256(json.dumps(curves.recipe, sort_keys=True).encode())
    for array in (curves.m.astype(np.complex64), curves.labels):
        if array is not None:
            digest.update(f"\0{array.dtype.str}\0{array.shape}\0".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def refuse_unphysical(m: np.ndarray, points: int, where: str, noise: float = 0.0) -> None:
    """Refuse curves of another length, with values that are not finite, or larger than spins 1/2 can give.

    ``noise`` is what white noise may add.

    Raises
    ------
    InputError
        Naming the first such value and its place (rows and samples from 1).
    """
    if m.shape[-1] != points:
        raise InputError(f"{where}: {m.shape[-1]} samples in a curve, where {points} are due; this plan has no others")
    bad = np.argwhere(~np.isfinite(m))
    if len(bad):
        raise InputError(f"{where}: curve {bad[0][0] + 1}, sample {bad[0][1] + 1} is not finite")
    bad = np.argwhere(np.abs(m) > LARGEST_MAGNETISATION + noise)
    if len(bad):
        value = abs(m[tuple(bad[0])])
        raise InputError(
            f"{where}: curve {bad[0][0] + 1}, sample {bad[0][1] + 1}: |M| = {value:.3g} is larger than 0.5, the most "
            "that spins 1/2 give; divide by twice the magnetisation at t = 0"
        )
