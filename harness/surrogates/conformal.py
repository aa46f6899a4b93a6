"""Split-conformal prediction bands: coverage that holds for any model, on systems drawn like the calibration set.

With scores s_1 … s_n of n calibration trajectories and the quantile q = the ⌈(n+1)·level⌉-th smallest of them, a fresh
exchangeable score is at most q with probability ≥ level, and over calibration sets that probability follows
Beta(k, n+1-k), k = ⌈(n+1)·level⌉. Two kinds of band, for M and for I_1z separately:

- pointwise: at each time t the score is |ΔM(t)|; every sample is covered with probability ``level``, the whole
  trajectory with less;
- sup: the score is max_t |ΔM(t)|/w(t), and the band q·w(t) covers the whole trajectory with probability ``level``. The
  shape w(t) is the root mean square of |ΔM(t)| over calibration rows that are not used for scores.

Systems outside the calibration's distribution have no guarantee; the domain check flags them.

Source: V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World (2005), ch. 2; shape: J. Diquigiovanni
et al., Conformal prediction bands for multivariate functional data, J. Multivar. Anal. 189 (2022).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.data.block import Block
from harness.errors import InputError
from harness.spins import TimeGrid
from harness.surrogates.base import Band

if TYPE_CHECKING:
    from harness.surrogates.base import Surrogate

SCHEMA = "spin-conformal-1"
LEVELS = (0.5, 0.68, 0.8, 0.9, 0.95, 0.99)
SIGNALS = ("m", "i1z")


@dataclass(frozen=True, eq=False)
class Calibration:
    """Quantiles of a calibration set.

    Parameters
    ----------
    grid
        Sample times, T of them.
    levels
        L levels of coverage.
    count
        Number n of scores behind every quantile.
    pointwise
        Per signal (L, T) radii.
    sup
        Per signal (L, T) radii, quantile times shape.
    """

    grid: TimeGrid
    levels: tuple[float, ...]
    count: int
    pointwise: Mapping[str, np.ndarray]
    sup: Mapping[str, np.ndarray]

    def bands(self, grid: TimeGrid, levels: Sequence[float] | None = None) -> tuple[Band, ...]:
        """Bands of both kinds at each level, on any grid.

        Between calibrated samples the larger neighbour counts; beyond the calibrated horizon the radius is infinite,
        because nothing is known there.

        Raises
        ------
        InputError
            For a level that was not calibrated.
        """
        found = []
        for level in self.levels if levels is None else levels:
            if level not in self.levels:
                known = ", ".join(f"{x:g}" for x in self.levels)
                raise InputError(f"conformal level {level!r} was not calibrated (calibrated: {known})")
            row = self.levels.index(level)
            for kind, radii in (("pointwise", self.pointwise), ("sup", self.sup)):
                m, i1z = (_on_grid(radii[name][row], self.grid, grid) for name in SIGNALS)
                found.append(Band(level, kind, m, i1z))  # type: ignore[arg-type]
        return tuple(found)


def conformal_quantile(scores: np.ndarray, level: float) -> np.ndarray:
    """⌈(n+1)·level⌉-th smallest score along the first axis; infinite if n is too small for the level."""
    n = len(scores)
    rank = math.ceil((n + 1) * level - 1e-9)
    if rank > n:
        return np.full(scores.shape[1:], np.inf)
    return np.partition(scores, rank - 1, axis=0)[rank - 1]


def calibrate(
    errors: Mapping[str, np.ndarray], grid: TimeGrid, levels: Sequence[float] = LEVELS, shape_share: float = 0.1
) -> Calibration:
    """Quantiles from absolute errors.

    Parameters
    ----------
    errors
        "m" and "i1z": (n, T) of |ΔM| and |ΔI_1z| of exchangeable systems that the model was not trained on.
    grid
        Their sample times.
    levels
        Levels of coverage in (0, 1).
    shape_share
        Share of the rows (the first ones) that gives the shape w(t) and no scores.

    Raises
    ------
    InputError
        If there are too few rows for the highest level.
    """
    total = len(errors["m"])
    first = max(1, round(shape_share * total))
    count = total - first
    if math.ceil((count + 1) * max(levels)) > count:
        raise InputError(f"conformal: {count} scores are too few for level {max(levels):g}: calibrate on more systems")
    pointwise, sup = {}, {}
    for name in SIGNALS:
        absolute = np.asarray(errors[name], dtype=np.float64)
        if absolute.shape != (total, grid.points) or not np.all(np.isfinite(absolute)):
            raise InputError(f"conformal: errors of {name} must be finite and of shape ({total}, {grid.points})")
        shape = np.sqrt(np.mean(absolute[:first] ** 2, axis=0))
        # A model that is exact at t = 0 has a shape of zero there; rounding must not be divided by it.
        shape = np.maximum(shape, 1e-3 * shape.max() + 1e-12)
        scores = np.max(absolute[first:] / shape, axis=1)
        pointwise[name] = np.stack([conformal_quantile(absolute[first:], level) for level in levels])
        sup[name] = np.stack([conformal_quantile(scores, level) * shape for level in levels])
    return Calibration(grid, tuple(map(float, levels)), count, pointwise, sup)


def absolute_errors(surrogate: Surrogate, blocks: Iterable[Block], batch: int = 256) -> dict[str, np.ndarray]:
    """|ΔM| and |ΔI_1z|, (n, T) each, of a surrogate against the references of some blocks."""
    m, i1z = [], []
    for block in blocks:
        for start in range(0, len(block), batch):
            part = block.take(np.arange(start, min(start + batch, len(block))))
            predicted = surrogate.predict(part.systems(), part.grid).mean
            m.append(np.abs(np.stack([p.m for p in predicted]) - part.m))
            i1z.append(np.abs(np.stack([np.asarray(p.i1z) for p in predicted]) - part.i1z))
    return {"m": np.concatenate(m), "i1z": np.concatenate(i1z)}


def save_calibration(path: str | Path, model: str, calibration: Calibration, record: Mapping[str, Any]) -> None:
    """Write a calibration as checked safetensors; ``record`` says which weights and which data."""
    import torch

    from harness.surrogates.weights import save_weights

    tensors = {}
    for kind in ("pointwise", "sup"):
        for name, radii in getattr(calibration, kind).items():
            tensors[f"{kind}/{name}"] = torch.from_numpy(radii.astype(np.float32))
    fixed = {"points": calibration.grid.points, "dt_s": calibration.grid.dt_s, "levels": list(calibration.levels)}
    save_weights(path, model, {**record, **fixed, "count": calibration.count}, tensors, SCHEMA)


def load_calibration(path: str | Path, model: str) -> tuple[Calibration, Mapping[str, Any]]:
    """The calibration of a file and its record; faults are InputErrors of one line, as for weights."""
    from harness.surrogates.weights import read_weights

    weights = read_weights(path, model, SCHEMA)
    record = weights.record
    radii: dict[str, dict[str, np.ndarray]] = {"pointwise": {}, "sup": {}}
    for key, tensor in weights.tensors.items():
        kind, _, name = key.partition("/")
        radii[kind][name] = tensor.double().numpy()
    grid = TimeGrid(int(record["points"]), float(record["dt_s"]))
    return Calibration(grid, tuple(record["levels"]), int(record["count"]), radii["pointwise"], radii["sup"]), record


def calibration_path(weights: Path) -> Path:
    """Where the calibration of a weights file lies: beside it, ``.conformal.safetensors``."""
    return weights.with_name(f"{weights.stem}.conformal.safetensors")


def _on_grid(radius: np.ndarray, known: TimeGrid, wanted: TimeGrid) -> np.ndarray:
    place = wanted.times_s / known.dt_s
    nearest = np.rint(place)
    place = np.where(np.abs(place - nearest) < 1e-6, nearest, place)
    last = known.points - 1
    lower = np.minimum(np.floor(place).astype(int), last)
    upper = np.minimum(np.ceil(place).astype(int), last)
    return np.where(place > last, np.inf, np.maximum(radius[lower], radius[upper]))
