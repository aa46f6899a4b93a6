"""Calibrations on disk: checked safetensors in the folder of the weights that they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from harness.data.mix import learning_of
from harness.errors import InputError
from harness.surrogates.conformal import Calibration, KindCalibration
from harness.surrogates.scale import Scale
from harness.trajectory import TimeGrid

KIND = "conformal-2"
PARTS = ("logs", "slopes", "lowest")


def save_calibration(
    path: str | Path,
    model: str,
    calibration: KindCalibration,
    record: Mapping[str, Any],
    task: str = "",
    schema: str = "",
) -> None:
    """Write a calibration as checked safetensors; ``record`` states which weights and which data.

    ``schema`` is for a task without training data of the common form ("": that of the task).
    Every tensor has the kinds of system as its first axis, in the order of the record's ``kinds``.
    """
    import torch

    from harness.surrogates.weights import save_weights

    names = sorted(calibration.kinds)
    every = [calibration.kinds[name] for name in names]
    arrays: dict[str, np.ndarray] = {}
    for signal in every[0].scales:
        for quantiles in ("pointwise", "sup"):
            arrays[f"{signal}/{quantiles}"] = np.stack([getattr(one, quantiles)[signal] for one in every])
        _pack(arrays, f"{signal}/scale", [one.scales[signal] for one in every])
        if calibration.spreads:
            _pack(arrays, f"{signal}/spread", [calibration.spreads[name][signal] for name in names])
    fixed = {
        "points": calibration.grid.points, f"dt_{calibration.grid.unit}": calibration.grid.step,
        "levels": list(every[0].levels), "kinds": names, "counts": [one.count for one in every],
    }  # fmt: skip
    tensors = {key: torch.from_numpy(array.astype(np.float32)) for key, array in arrays.items()}
    save_weights(path, model, {**record, **fixed}, tensors, schema or learning_of(task).schema(KIND))


def load_calibration(
    path: str | Path, model: str, task: str = "", schema: str = "", grid: Callable[[int, float], Any] = TimeGrid
) -> tuple[KindCalibration, Mapping[str, Any]]:
    """The calibration of a file and its record; faults are InputErrors of one line, as for weights.

    ``grid`` makes the times from their number and distance.
    """
    from harness.surrogates.weights import read_arrays

    weights = read_arrays(
        path, model, schema or learning_of(task).schema(KIND), remedy=f"run 'harness train calibrate {model}'"
    )
    record = weights.record
    arrays = {key: np.asarray(tensor, np.float64) for key, tensor in weights.tensors.items()}
    step = next(float(value) for key, value in record.items() if key.startswith("dt_"))
    times, levels = grid(int(record["points"]), step), tuple(record["levels"])
    signals = list(dict.fromkeys(name.partition("/")[0] for name in sorted(arrays)))
    try:
        kinds = {
            name: Calibration(
                times, levels, int(record["counts"][k]),
                {signal: _unpack(arrays, f"{signal}/scale", k) for signal in signals},
                {signal: arrays[f"{signal}/pointwise"][k] for signal in signals},
                {signal: arrays[f"{signal}/sup"][k] for signal in signals},
            )
            for k, name in enumerate(record["kinds"])
        }  # fmt: skip
        spreads = {}
        if any("/spread/" in name for name in arrays):
            spreads = {
                name: {signal: _unpack(arrays, f"{signal}/spread", k) for signal in signals}
                for k, name in enumerate(record["kinds"])
            }
    except (KeyError, IndexError) as error:
        raise InputError(f"{path}: not a calibration ({error}); run 'harness train calibrate {model}'") from None
    return KindCalibration(kinds, spreads), record


def calibration_path(weights: Path) -> Path:
    """The file of the calibration of a weights file: in the same folder, ``.conformal.safetensors``."""
    return weights.with_name(f"{weights.stem}.conformal.safetensors")


def _pack(arrays: dict[str, np.ndarray], place: str, scales: list[Scale]) -> None:
    for part in PARTS:
        arrays[f"{place}/{part}"] = np.stack([getattr(scale, part) for scale in scales])


def _unpack(arrays: Mapping[str, np.ndarray], place: str, k: int) -> Scale:
    return Scale(*(arrays[f"{place}/{part}"][k] for part in PARTS))
