"""Mean curves of twelve systems over many draws of the offsets, stored with the package: the truth of a surrogate.

A mean of 128 draws has an error of its own, 8e-4, about as large as that of a surrogate; the stored means have 1,024.
They come from our simulator, whose single draws agree with the reference; the independent program would need days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from harness.durable import writing
from harness.errors import InputError
from harness.tasks.echo.draws import DRAWS, MeanCurve, draws_of
from harness.tasks.echo.plan import CHALLENGE, EchoPlan
from harness.tasks.echo.recipe import RECIPES
from harness.tasks.echo.system import EchoSystem

SCHEMA = "echo-means-1"
STORED_DRAWS = 1024
PACKAGED = Path(__file__).with_name("means.h5")
SET = RECIPES["final-test"]
AVERAGED: tuple[EchoSystem, ...] = tuple(SET.system(k) for k in range(12))
"""The first systems of a set that nothing was chosen on; all on the challenge's plan."""


def mean_over_draws(system: EchoSystem, plan: EchoPlan) -> MeanCurve:
    """The stored mean if there is one, else that of :data:`harness.tasks.echo.draws.DRAWS` draws, computed now.

    Raises
    ------
    InputError
        For offsets that are given as numbers and not drawn.
    """
    stored = stored_means().get((system.fingerprint, plan))
    return MeanCurve.of(draws_of(system, plan, DRAWS)) if stored is None else stored


@cache
def stored_means(path: Path = PACKAGED) -> Mapping[tuple[str, EchoPlan], MeanCurve]:
    """(fingerprint of the system, plan) → its stored mean.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            arrays = {name: np.asarray(file[name]) for name in ("fingerprints", "real", "imag", "standard_errors")}
            schema, content = (str(file.attrs[name]) for name in ("schema", "content_sha256"))
            draws = int(np.asarray(file.attrs["draws"]))
    except (OSError, KeyError) as error:
        raise InputError(f"means {path}: missing or damaged ({' '.join(str(error).split())[:200]})") from None
    if schema != SCHEMA or content != _content(arrays):
        raise InputError(f"means {path}: schema or checksum differ; make them with harness.tasks.echo.make_means")
    found = {}
    for name, real, imag, error in zip(*arrays.values(), strict=True):
        found[name.decode(), CHALLENGE] = MeanCurve(real + 1j * imag, float(error), draws)
    return MappingProxyType(found)


def write_means(path: Path, means: Mapping[str, MeanCurve]) -> None:
    """Write means by the fingerprint of their systems, all of one number of draws."""
    import h5py

    arrays = {
        "fingerprints": np.array([name.encode() for name in means]),
        "real": np.stack([np.real(one.mean) for one in means.values()]),
        "imag": np.stack([np.imag(one.mean) for one in means.values()]),
        "standard_errors": np.array([one.standard_error for one in means.values()]),
    }
    (draws,) = {one.draws for one in means.values()}
    with writing(path) as temporary, h5py.File(temporary, "w", libver=("earliest", "v110")) as file:
        file.attrs.update({"schema": SCHEMA, "draws": draws, "content_sha256": _content(arrays)})
        for name, array in arrays.items():
            file.create_dataset(name, data=array, track_times=False)


def _content(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(f"{name}\0{array.dtype.str}\0{array.shape}\0".encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
