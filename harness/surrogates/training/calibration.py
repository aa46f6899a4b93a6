"""Conformal calibration of trained weights, whatever the model."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.data.block import SPLITS, Block
from harness.data.dataset import Dataset
from harness.errors import InputError
from harness.surrogates import load_surrogate
from harness.surrogates.conformal import absolute_errors, calibrate, calibration_path, save_calibration
from harness.surrogates.weights import find_weights, read_weights

ENOUGH = 10_000


def calibrate_weights(
    model: str,
    weights: str | Path | None,
    dataset: Dataset,
    say: Callable[[str], None] = lambda line: None,
) -> list[Path]:
    """Write the bands of every weights file of a model beside it; networks of one size take the blocks of that size.

    A model that answers on several horizons (``spin-graph``) gets one file per horizon, named by the dataset's.

    Raises
    ------
    InputError
        If the data hold no calibration systems for a network, or share a seed with anything but calibration.
    """
    blocks = dataset.select("calibration")
    code = SPLITS.index("calibration") + 1
    if any(int(seed) >> 56 != code for block in blocks for seed in block.seeds):
        raise InputError("calibration data with seeds of another split: make them with 'harness data'")
    written = []
    for path in find_weights(model, weights):
        found = read_weights(path, model)
        size = found.record["settings"].get("spins") if model in ("fno", "mlp") else None
        mine = [block for block in blocks if size is None or block.spins == size]
        if not mine:
            say(f"{path.name}: no calibration systems of its size in the data, left out")
            continue
        with TemporaryDirectory() as folder:
            # A copy alone: bands of earlier weights beside the file must not stop it from loading.
            shutil.copy(path, folder)
            errors = absolute_errors(load_surrogate(model, Path(folder) / path.name), mine)
        calibration = calibrate(errors, mine[0].grid)
        if calibration.count + 1 < 0.9 * ENOUGH:
            say(f"{path.name}: only {calibration.count} scores ({ENOUGH} are usual)")
        stem = path
        if "networks" in found.record["settings"]:
            stem = path.with_name(f"{path.stem}-{round(mine[0].grid.horizon_s * 1e3)}ms{path.suffix}")
        target = calibration_path(stem)
        record = {
            "weights_sha256": found.sha256,
            "mix": dataset.mix["name"],
            "mix_sha256": dataset.mix_sha256,
            "content_sha256": dataset.content_sha256,
            "blocks": {f"{b.part}/{b.spins}": _seeds(b) for b in mine},
        }
        save_calibration(target, model, calibration, record)
        at = calibration.levels.index(0.9)
        sup = float(calibration.sup["m"][at].max())
        say(f"{target.name}: {calibration.count} scores, widest 90 % band of whole trajectories of M: ±{sup:.2e}")
        written.append(target)
    return written


def _seeds(block: Block) -> dict[str, object]:
    return {
        "systems": len(block),
        "reference": block.reference,
        "seeds": [int(block.seeds.min()), int(block.seeds.max())],
    }
