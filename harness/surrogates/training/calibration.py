"""Calibration of the uncertainties of trained weights, whatever the model: bands and standard deviations."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from harness.data.block import Block
from harness.data.dataset import Dataset
from harness.data.mix import learning_of
from harness.data.seeds import SPLIT_BIT, code_of
from harness.errors import InputError
from harness.surrogates import load_surrogate
from harness.surrogates.capabilities import Calibratable, Horizons, answers_block
from harness.surrogates.conformal import FEWEST, KindCalibration, Traits, calibrate, kinds_to_calibrate
from harness.surrogates.conformal_file import calibration_path, save_calibration
from harness.surrogates.recalibration import fit_spread, predictors
from harness.surrogates.scale import magnitude
from harness.surrogates.weights import KIND, find_weights, read_weights
from harness.task import Task, default_task

ENOUGH = 10_000
SHAPE_SHARE, SHAPE_ROWS = (0.1, 0.25), 100
"""Range of the share of rows of a kind that give the scale of errors and no scores; about 100 rows if possible."""
SPREAD_ROWS = 2000
"""Largest number of cases per kind with passes with dropout: ten passes cost ten times a prediction."""


def calibrate_weights(
    model: str,
    weights: str | Path | None,
    dataset: Dataset,
    say: Callable[[str], None] = lambda line: None,
    task: Task | None = None,
) -> list[Path]:
    """Write the bands of every weights file of a model into its folder; networks of one size take blocks of that size.

    A model with several horizons gets one file per horizon, named by the horizon of the dataset.

    Raises
    ------
    InputError
        If the data contain no calibration systems for a network, or a seed of them is also used for another purpose.
    """
    task = task or default_task()
    learning = learning_of(task)
    blocks = dataset.select("calibration")
    code = code_of("calibration")
    if any(int(seed) >> SPLIT_BIT != code for block in blocks for seed in block.seeds):
        raise InputError("calibration data with seeds of another split: make them with 'harness data'")
    written = []
    for path in find_weights(model, weights, learning.packaged):
        found = read_weights(path, model, learning.schema(KIND))
        with TemporaryDirectory() as folder:
            # A copy in an empty folder: bands of earlier weights next to the file must not prevent loading.
            shutil.copy(path, folder)
            surrogate = load_surrogate(model, Path(folder) / path.name, task)
        mine = [block for block in blocks if answers_block(surrogate, block)]
        if not mine:
            say(f"{path.name}: no calibration systems of its size in the data, left out")
            continue
        calibration = calibrated(surrogate, mine)
        if calibration.count + 1 < (1 - SHAPE_SHARE[0]) * ENOUGH:
            say(f"{path.name}: only {calibration.count} scores ({ENOUGH} are usual)")
        stem = path
        if isinstance(surrogate, Horizons):
            stem = path.with_name(f"{path.stem}-{round(mine[0].grid.horizon_s * 1e3)}ms{path.suffix}")
        target = calibration_path(stem)
        record = {
            "weights_sha256": found.sha256,
            "mix": dataset.mix["name"],
            "mix_sha256": dataset.mix_sha256,
            "content_sha256": dataset.content_sha256,
            "blocks": {f"{b.part}/{b.size}": _seeds(b) for b in mine},
        }
        save_calibration(target, model, calibration, record, task.name)
        fewest = min(one.count for one in calibration.kinds.values())
        say(f"{target.name}: {calibration.count} scores, {len(calibration.kinds)} kinds, the rarest with {fewest}")
        written.append(target)
    return written


def calibrated(surrogate: Calibratable, blocks: Sequence[Block]) -> KindCalibration:
    """Bands for every kind of system in the blocks, and, for a model with dropout, maps of its standard deviations."""
    errors, traits = errors_and_traits(surrogate, blocks)
    absolute = {name: magnitude(error) for name, error in errors.items()}
    kinds, spreads = {}, {}
    rng = np.random.default_rng(0)
    chosen: dict[str, np.ndarray] = {}
    for name, rows in kinds_to_calibrate(traits.kinds, FEWEST + SHAPE_ROWS).items():
        kinds[name] = calibrate(
            {signal: values[rows] for signal, values in absolute.items()}, blocks[0].grid,
            shape_share=float(np.clip(SHAPE_ROWS / len(rows), *SHAPE_SHARE)), difficulty=traits.difficulty[rows],
        )  # fmt: skip
        chosen[name] = np.sort(rng.permutation(rows)[:SPREAD_ROWS])
    requested = np.unique(np.concatenate(list(chosen.values())))
    raw = raw_spreads(surrogate, blocks, requested)
    if raw is not None:
        for name, rows in chosen.items():
            some = {signal: values[rows] for signal, values in errors.items()}
            spread = raw[np.searchsorted(requested, rows)]
            spreads[name] = fit_spread(some, predictors(spread, traits.difficulty[rows]))
    return KindCalibration(kinds, spreads)


def errors_and_traits(
    surrogate: Calibratable, blocks: Iterable[Block], batch: int = 256
) -> tuple[dict[str, np.ndarray], Traits]:
    """Errors (n, …, T) of every banded observable against the references of blocks, and what they may depend on."""
    kinds: list[str] = []
    errors: dict[str, list[np.ndarray]] = {name: [] for name in surrogate.banded}
    difficulty = []
    for block in blocks:
        for part in _parts(block, batch):
            systems = part.systems()
            predicted = surrogate.predict(systems, part.grid).mean
            for name, found in errors.items():
                found.append(np.stack([one.arrays[name] for one in predicted]) - part.signal(name))
            traits = surrogate.traits(systems)
            kinds += traits.kinds
            difficulty.append(traits.difficulty)
    together = {name: np.concatenate(found) for name, found in errors.items()}
    return together, Traits(tuple(kinds), np.concatenate(difficulty))


def raw_spreads(
    surrogate: Calibratable, blocks: Iterable[Block], rows: np.ndarray, batch: int = 256
) -> np.ndarray | None:
    """(rows,) raw spread of some systems, numbered through all blocks; None for a model without dropout."""
    found, start = [], 0
    for block in blocks:
        here = rows[(rows >= start) & (rows < start + len(block))] - start
        start += len(block)
        for part in _parts(block.take(here), batch):
            raw = surrogate.raw_spread(part.systems())
            if raw is None or not raw.any():
                return None
            found.append(raw)
    return np.concatenate(found)


def _parts(block: Block, batch: int) -> Iterable[Block]:
    for start in range(0, len(block), batch):
        yield block.take(np.arange(start, min(start + batch, len(block))))


def _seeds(block: Block) -> dict[str, object]:
    return {
        "systems": len(block),
        "reference": block.reference,
        "seeds": [int(block.seeds.min()), int(block.seeds.max())],
    }
