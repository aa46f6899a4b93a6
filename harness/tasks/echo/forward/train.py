"""Training of a forward surrogate on single curves: least squares finds their mean over draws of the offsets.

Most of the noise of the draws is taken off first, see :mod:`harness.tasks.echo.forward.response`.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import torch

from harness.surrogates.training.recipe import Recipe
from harness.tasks.echo.curves import CurveSet, refuse_unlike
from harness.tasks.echo.forward.networks import TrainableForward
from harness.tasks.echo.forward.polynomials import PolynomialModel
from harness.tasks.echo.forward.response import without_draws
from harness.tasks.echo.forward.surrogate import LEVELS, ForwardSurrogate
from harness.tasks.echo.labels import Prior
from harness.tasks.echo.training import Report, Rows, silent, trained

LOOPS = {
    "components": Recipe(
        epochs=60,
        batch_size=128,
        learning_rate=2e-3,
        weight_decay=1e-4,
        ema_decay=0.998,
        warmup_steps=100,
        checkpoint_every=10,
        keep=1,
        validate_every=20,
    ),
    "fno": Recipe(
        epochs=10,
        batch_size=64,
        learning_rate=2e-3,
        weight_decay=1e-4,
        ema_decay=0.998,
        warmup_steps=100,
        checkpoint_every=1,
        keep=1,
        validate_every=5,
    ),
}


def train_forward(
    kind: str,
    curves: CurveSet,
    calibration: CurveSet,
    folder: str | Path,
    loop: Recipe | None = None,
    report: Report = silent,
) -> ForwardSurrogate:
    """Fit polynomials or train a network, calibrate the bands, write ``folder/forward-<kind>.safetensors``; resumable.

    Labels without effect on the curves are left out: ξ of the normalised power law.

    Raises
    ------
    InputError
        If the two sets have other kernels, plans or couplings, or the folder belongs to another training.
    """
    refuse_unlike(curves, calibration)
    prior = effective_prior(curves)
    columns = [curves.prior.keys.index(key) for key in prior.keys]
    unit, unit_checked = (prior.to_unit(part.known_labels()[:, columns]) for part in (curves, calibration))
    cleaned = without_draws(curves, unit)
    if kind == "polynomials":
        module, settings = PolynomialModel(len(columns), curves.m.shape[1]), {}
        module.fit(unit, cleaned, curves.m)
    else:
        loop = loop or LOOPS[kind]
        settings = loop.as_dict()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(loop.seed)
            trainable = TrainableForward(kind, len(columns), curves.m.shape[1])
        trainable.module.start(cleaned)  # type: ignore[operator]  # every network of NETWORKS has it
        rows, checked = _rows(unit, cleaned, curves.m), _rows(unit_checked, calibration.m, calibration.m)
        place, identity = Path(folder) / kind, {"curves": dict(curves.recipe)}
        module = trained(trainable, rows, checked, loop, place, identity, partial(report, kind))
    empty = np.full((len(LEVELS), curves.m.shape[1]), np.inf)
    record = {"curves": dict(curves.recipe), "training": settings}
    made = ForwardSurrogate(kind, prior, module, empty, empty[:, 0], record)
    surrogate = made.calibrated(calibration)
    surrogate.save(Path(folder) / f"forward-{kind}.safetensors")
    return surrogate


def _rows(unit: np.ndarray, cleaned: np.ndarray, curves: np.ndarray) -> Rows:
    """Labels, and curves without and with the noise of their draws."""
    parts = [np.real(cleaned), np.imag(cleaned), np.real(curves), np.imag(curves)]
    return Rows(unit.astype(np.float32), np.stack(parts, axis=1).astype(np.float32))


def effective_prior(curves: CurveSet) -> Prior:
    """The labels that the curves depend on."""
    without_length = curves.recipe["family"] == "power" and curves.recipe["normalised"]
    return Prior(tuple(label for label in curves.prior.labels if not (label.key == "xi" and without_length)))
