"""Training of a posterior: features, one network for each label and member, calibration; every part resumes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.surrogates.training.recipe import Recipe
from harness.tasks.echo.curves import CurveSet, refuse_unlike
from harness.tasks.echo.inference.calibrate import calibrated
from harness.tasks.echo.inference.correction import Calibration
from harness.tasks.echo.inference.density_network import DensitySettings, TrainableDensity
from harness.tasks.echo.inference.factor import Factor
from harness.tasks.echo.inference.familiarity import FALSE_ALARMS, Familiarity
from harness.tasks.echo.inference.features import Features, fit_features
from harness.tasks.echo.inference.posterior import Posterior
from harness.tasks.echo.inference.residuals import Residuals
from harness.tasks.echo.inference.ridge import cross_fitted
from harness.tasks.echo.training import Report, Rows, silent, trained

FIRST_IN_CHAIN = ("alpha", "p", "d", "xi")
"""Order of the factors: the best determined labels come first; it does not limit the form of the posterior."""


@dataclass(frozen=True)
class PosteriorRecipe:
    """How a posterior is trained: the loop's settings, networks for each factor, size of a network."""

    loop: Recipe = field(
        default_factory=lambda: Recipe(
            epochs=60,
            batch_size=128,
            learning_rate=1e-3,
            weight_decay=1e-2,
            gradient_clip=1.0,
            ema_decay=0.998,
            warmup_steps=100,
            checkpoint_every=5,
            keep=1,
            validate_every=20,
        )
    )
    members: int = 2
    width: int = 256
    layers: int = 3
    components: int = 6
    dropout: float = 0.1


def train_posterior(
    curves: CurveSet,
    calibration: CurveSet,
    folder: str | Path,
    recipe: PosteriorRecipe | None = None,
    report: Report = silent,
) -> Posterior:
    """Train on ``curves``, calibrate on ``calibration``, and write ``folder/posterior.safetensors``.

    A killed call is continued by the same call with the same folder, and gives the same bytes.

    Raises
    ------
    InputError
        If the two sets have other labels, kernels, plans or couplings, or the folder belongs to another training.
    """
    recipe, folder = recipe or PosteriorRecipe(), Path(folder)
    refuse_unlike(curves, calibration)
    targets = curves.prior.to_unit(curves.known_labels())
    order = tuple(sorted(range(targets.shape[1]), key=lambda k: FIRST_IN_CHAIN.index(curves.prior.keys[k])))
    features = fit_features(curves.m, targets, curves.plan)
    rows = Rows(features.of(curves.m, cross_fitted(curves.m, targets)), targets[:, order].astype(np.float32))
    held = calibration.prior.to_unit(calibration.known_labels())[:, order]
    checked = Rows(features.of(calibration.m), held.astype(np.float32))
    factors = []
    for k, place in enumerate(order):
        key = curves.prior.keys[place]
        factor = _trained_factor(k, key, rows, checked, features, folder, recipe, dict(curves.recipe), report)
        factors.append(calibrated(factor, checked.features, held[:, :k], held[:, k]))
    posterior = Posterior(
        prior=curves.prior,
        order=order,
        features=features,
        factors=tuple(factors),
        familiarity=Familiarity.fit(features, curves.m, calibration.m),
        record={"curves": dict(curves.recipe), "calibration": dict(calibration.recipe), "training": asdict(recipe)},
    )
    posterior = with_residuals(posterior, curves, calibration)
    posterior.save(folder / "posterior.safetensors")
    return posterior


def with_residuals(posterior: Posterior, curves: CurveSet, calibration: CurveSet) -> Posterior:
    """The posterior with both tests of familiarity, which together call 5 % of the calibration curves unfamiliar.

    The first half of ``calibration`` gives the spread of residuals, the second half the two thresholds: as large a
    share of its curves exceeds one as the other.
    """
    columns = np.flatnonzero(posterior.determined)
    if not len(columns):
        return posterior
    first, second = np.array_split(calibration.m, 2)
    labels = curves.prior.to_unit(curves.known_labels())
    residuals = Residuals.fit(columns.tolist(), (curves.m, labels), (first, posterior.central(first)))
    found = (
        posterior.familiarity.distance(posterior.features, second),
        residuals.distance(second, posterior.central(second)),
    )
    near, left = joint_thresholds(*found)
    return replace(
        posterior,
        familiarity=replace(posterior.familiarity, threshold=near),
        residuals=replace(residuals, threshold=left),
    )


def joint_thresholds(*distances: np.ndarray) -> tuple[float, ...]:
    """One threshold for each of several distances (n,) of the same curves: 5 % of the curves exceed at least one."""
    ranks = [np.argsort(np.argsort(one)) / len(one) for one in distances]
    share = float(np.quantile(np.max(ranks, axis=0), 1.0 - FALSE_ALARMS))
    return tuple(float(np.quantile(one, share)) for one in distances)


def _trained_factor(
    k: int,
    key: str,
    rows: Rows,
    checked: Rows,
    features: Features,
    folder: Path,
    recipe: PosteriorRecipe,
    made_of: Mapping[str, Any],
    report: Report,
) -> Factor:
    """The members of the factor of one label, uncalibrated."""
    settings = DensitySettings(features.count, k, recipe.width, recipe.layers, recipe.components, recipe.dropout)
    members = []
    for j in range(recipe.members):
        loop = Recipe.from_dict({**recipe.loop.as_dict(), "seed": recipe.loop.seed + 1000 * k + j})
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(loop.seed)
            trainable = TrainableDensity(settings, features.odd)
        what = f"{key}, network {j + 1} of {recipe.members}"
        place, identity = folder / f"{key}-{j}", {"curves": made_of, "label": key}
        module = trained(trainable, rows, checked, loop, place, identity, partial(report, what))
        # Half precision, as in a weights file: what is calibrated is what is stored.
        members.append(module.half().float())
    return Factor(members, features.odd, Calibration())
