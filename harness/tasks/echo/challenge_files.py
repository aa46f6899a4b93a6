"""The text files of the challenge: ``echos_r.txt``, ``echos_i.txt`` and ``mat_info.txt``, with tabs and no header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.durable import make_folder, writing
from harness.errors import InputError
from harness.tasks.echo.curves import CurveSet, refuse_unphysical
from harness.tasks.echo.recipe import CurveRecipe


@dataclass(frozen=True)
class FileNames:
    """Names in a folder: real parts, imaginary parts, labels."""

    real: str = "echos_r.txt"
    imag: str = "echos_i.txt"
    labels: str = "mat_info.txt"


FIRST = FileNames()
"""The challenge of 2020: power law, labels α ξ p d."""


def names_2024(kernel: str, part: str = "model") -> FileNames:
    """The challenge of 2024: prefix ``gauss`` or ``RKKY``, labels α ξ d; ``part`` is "model" or "eval"."""
    prefix = {"gauss": "gauss", "rkky": "RKKY"}[kernel]
    return FileNames(f"{prefix}_echos_{part}_r.txt", f"{prefix}_echos_{part}_i.txt", f"{prefix}_mat_info_{part}.txt")


def read_challenge(folder: str | Path, recipe: CurveRecipe, names: FileNames = FIRST) -> CurveSet:
    """Curves and, if their file exists, labels; ``recipe`` defines the number of samples and the expected labels.

    Raises
    ------
    InputError
        For a missing file of real or imaginary parts, rows of different lengths, text that is no number, NaN, another
        number of samples, |M| beyond 0.5, or labels of another number of columns or out of their ranges.
    """
    folder = Path(folder)
    real, imag = (_table(folder / name) for name in (names.real, names.imag))
    if real.shape != imag.shape:
        raise InputError(
            f"{folder / names.imag}: {imag.shape[0]} × {imag.shape[1]} numbers, where {names.real} has "
            f"{real.shape[0]} × {real.shape[1]}"
        )
    m = real + 1j * imag
    refuse_unphysical(m, recipe.plan.points, str(folder / names.real))
    labels = None
    if (folder / names.labels).is_file():
        labels = _labels(folder / names.labels, recipe, len(m))
    source: Mapping[str, Any] = {**recipe.as_dict(), "name": f"imported from {names.real}", "count": len(m)}
    return CurveSet(m.astype(np.complex64), labels, source)


def write_challenge(folder: str | Path, curves: CurveSet, names: FileNames = FIRST) -> list[Path]:
    """Write the files of a set, each whole; what is read back differs by less than 1e-8."""
    folder = make_folder(folder)
    tables = {names.real: np.real(curves.m), names.imag: np.imag(curves.m), names.labels: curves.labels}
    written = []
    for name, table in tables.items():
        if table is None:
            continue
        with writing(folder / name) as temporary:
            np.savetxt(temporary, table, fmt="%.9g", delimiter="\t")
        written.append(folder / name)
    return written


def _labels(path: Path, recipe: CurveRecipe, count: int) -> np.ndarray:
    labels = _table(path)
    due = len(recipe.prior.labels)
    if labels.shape[1] != due:
        columns = " ".join(recipe.prior.keys)
        raise InputError(f"{path}: {labels.shape[1]} columns, where {due} are due ({columns})")
    if len(labels) != count:
        raise InputError(f"{path}: {len(labels)} rows for {count} curves: one row for each curve is due")
    recipe.prior.refuse_outside(labels, str(path))
    return labels


def _table(path: Path) -> np.ndarray:
    """(n, m) float64 from a text file whose numbers are separated by white space."""
    try:
        lines = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; real and imaginary parts are both needed") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({' '.join(str(error).split())})") from None
    if not lines:
        raise InputError(f"{path}: no numbers in it")
    for number, line in enumerate(lines, start=1):
        if len(line) != len(lines[0]):
            raise InputError(f"{path}: row {number} has {len(line)} numbers, where row 1 has {len(lines[0])}")
    try:
        return np.array(lines, dtype=np.float64)
    except ValueError as error:
        raise InputError(f"{path}: not a number ({' '.join(str(error).split())})") from None
