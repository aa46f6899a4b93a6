"""Published ways to estimate labels from a spin echo, built again on the same curves and scored by one rule.

    harness echo dataset challenge --out data/challenge          # 10,000 curves of training
    harness echo dataset calibration --out data/calibration      # settings are chosen on these
    harness echo dataset final-test --out data/final-test        # scores are those of these
    harness echo train example --data data/challenge --calibration data/calibration --out data/networks
    harness echo train convolutional --data data/challenge --calibration data/calibration --out data/networks
    harness echo train posterior --data data/challenge --calibration data/calibration --out data/networks
    OMP_NUM_THREADS=1 python benchmarks/echo_pipelines.py data

Needs scikit-learn (``pip install -e '.[echo]'``), and one row sbi (``pip install -e '.[echo-peers]'``). Every row is
written to ``benchmarks/echo-pipelines/pipelines.json`` as soon as it is finished, and a second call computes only what
is missing. Names of rows after the folder choose rows.
Score: Err(500) of :func:`harness.tasks.echo.inference.scores.challenge_score` for α, p and d; ξ costs everybody 41.67.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch

from harness.durable import write_json
from harness.requirements import install_command
from harness.tasks.echo.curves import CurveSet, read_curves
from harness.tasks.echo.inference.baselines import MiddleOfPrior, RidgeEstimator
from harness.tasks.echo.inference.point_networks import LOOPS, load_network
from harness.tasks.echo.inference.posterior import Posterior, load_posterior, packaged_posterior
from harness.tasks.echo.inference.scores import challenge_score, coverage

RECORD = Path(__file__).parent / "echo-pipelines" / "pipelines.json"
DETERMINED = ("alpha", "p", "d")
SEED, OF_SVR = 0, 2000
DRAWS, PORTION = 64, 2500


@dataclass(frozen=True)
class Data:
    """The three sets of curves below one folder, and the networks that were trained on the first."""

    folder: Path

    @cached_property
    def training(self) -> CurveSet:
        """10,000 curves."""
        return read_curves(self.folder / "challenge")

    @cached_property
    def validation(self) -> CurveSet:
        """Other curves, by which settings are chosen."""
        return read_curves(self.folder / "calibration")

    @cached_property
    def test(self) -> CurveSet:
        """Curves that nothing else uses."""
        return read_curves(self.folder / "final-test")


@dataclass(frozen=True)
class Row:
    """Estimates (n, V) for the test curves, the number of curves of training, and what the record says of the fit."""

    estimates: np.ndarray
    training: int
    settings: Mapping[str, Any]


def middle(data: Data) -> Row:
    """The middle of every range."""
    return Row(MiddleOfPrior(data.test.prior).estimate(data.test.m), 0, {})


def ridge(data: Data) -> Row:
    """Ridge regression; penalties by leave-one-out errors of the training curves."""
    return Row(RidgeEstimator.fit(data.training).estimate(data.test.m), len(data.training), {})


def network(kind: str, data: Data) -> Row:
    """A network of ``harness echo train``."""
    found = load_network(data.folder / "networks" / f"point-{kind}.safetensors", kind)
    loop = LOOPS[kind]
    settings = {"epochs": loop.epochs, "batch_size": loop.batch_size, "seed": loop.seed}
    return Row(found.estimate(data.test.m), len(data.training), settings)


def posterior_of_training(data: Data) -> Row:
    """The posterior of ``harness echo train`` on the same 10,000 curves."""
    return posterior(data, load_posterior(data.folder / "networks" / "posterior.safetensors"))


def packaged(data: Data) -> Row:
    """The posterior that comes with the package."""
    return posterior(data, packaged_posterior("power"))


def posterior(data: Data, found: Posterior) -> Row:
    """The mean of a posterior, in portions that have seeds of their own, its gain over the prior and its coverage."""
    starts = range(0, len(data.test), PORTION)
    portions = [data.test.take(slice(start, start + PORTION)) for start in starts]
    drawn = np.concatenate([found.samples(part.m, DRAWS, seed) for seed, part in enumerate(portions)])
    gains = np.concatenate([found.log_density(part.m, part.known_labels()) for part in portions]).sum(1)
    settings = {"draws": DRAWS, "portions": len(portions), **_gain("joint_gain", gains), **_coverage(data, drawn)}
    return Row(drawn.mean(1), int(found.record["curves"]["count"]), settings)


def neural_posterior(data: Data) -> Row:
    """NPE of the package sbi with its defaults, one seed, untuned, on the features that our posterior is given.

    Our networks are also given every curve's mirror image, for which its interface has no place.
    """
    from harness.tasks.echo.inference.features import fit_features
    from harness.tasks.echo.inference.ridge import cross_fitted
    from harness.tasks.echo.peers import PeerRows, PeerSettings, sbi_posterior

    prior, curves, fresh = data.training.prior, data.training, data.test
    wanted, truth = (prior.to_unit(part.known_labels()) for part in (curves, fresh))
    features = fit_features(curves.m, wanted, curves.plan)
    rows = PeerRows(features.of(curves.m, cross_fitted(curves.m, wanted)), wanted)
    found = sbi_posterior(rows, PeerRows(features.of(fresh.m), truth), PeerSettings(draws=DRAWS, seed=SEED))
    drawn = prior.from_unit(found.samples)
    settings = {
        "draws": DRAWS,
        "seed": SEED,
        **found.facts,
        "leaked_mass": found.leaked_mass,
        "curves_with_draws_at_an_end": int(np.count_nonzero(found.at_an_end)),
        **_gain("joint_gain", found.log_density),
        **_gain("joint_gain_renormalised", found.renormalised),
        **_coverage(data, drawn),
    }
    return Row(drawn.mean(1), len(curves), settings)


def _gain(name: str, gains: np.ndarray) -> dict[str, float]:
    """Mean and standard error of the information of a curve (n,), in nats."""
    return {name: float(gains.mean()), f"{name}_standard_error": float(gains.std(ddof=1) / np.sqrt(len(gains)))}


def _coverage(data: Data, drawn: np.ndarray) -> dict[str, dict[str, float]]:
    """Share of the true labels inside the central 90 % of their draws (n, S, V)."""
    inside = coverage(drawn, data.test.known_labels(), 0.9)
    return {"coverage_90": dict(zip(data.test.prior.keys, map(float, inside), strict=True))}


def boosting(data: Data) -> Row:
    """Gradient boosting on 40 principal components, one model per label."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    axes = {"components": (40,), "whiten": (False,), "magnitude": (False, True), "iterations": (100, 400)}
    return _chosen(
        data, data.training, _products(axes),
        lambda one: HistGradientBoostingRegressor(max_iter=one["iterations"], random_state=SEED),
    )  # fmt: skip


def support_vectors(data: Data) -> Row:
    """Support vector regression (Gaussian kernel) on principal components of 2,000 curves, one model per label."""
    from sklearn.svm import SVR

    axes = {"components": (40, 100), "whiten": (False, True), "magnitude": (False, True), "C": (10.0, 100.0)}
    training = data.training.take(slice(OF_SVR))
    return _chosen(data, training, _products(axes), lambda one: SVR(C=one["C"], epsilon=0.01))


def _products(axes: Mapping[str, tuple]) -> list[dict[str, Any]]:
    """Every combination of settings."""
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]


def _chosen(data: Data, training: CurveSet, choices: list[dict[str, Any]], make: Callable[[dict], Any]) -> Row:
    """The estimates with the settings that have the lowest score on the validation curves, label by label."""
    prior, parts = training.prior, (training, data.validation)
    wanted, checked = (prior.to_unit(part.known_labels()) for part in parts)
    estimates = np.full((len(data.test), len(prior.labels)), 0.5)
    lowest, settings = dict.fromkeys(DETERMINED, np.inf), {}
    for one in choices:
        inputs, held, fresh = _components(one, *parts, data.test)
        for key in DETERMINED:
            column = prior.keys.index(key)
            model = make(one).fit(inputs, wanted[:, column])
            error = float(np.mean((np.clip(model.predict(held), 0.0, 1.0) - checked[:, column]) ** 2))
            if error < lowest[key]:
                lowest[key], settings[key] = error, one
                estimates[:, column] = np.clip(model.predict(fresh), 0.0, 1.0)
    record = {"chosen": settings, "choices": len(choices), "seed": SEED}
    return Row(prior.from_unit(estimates), len(training), record)


def _components(one: Mapping[str, Any], training: CurveSet, *others: CurveSet) -> Iterator[np.ndarray]:
    """Principal components of [Re M, Im M], or of [|Re M|, Im M] (``magnitude``), of the training and other curves."""
    from sklearn.decomposition import PCA

    def inputs(curves: CurveSet) -> np.ndarray:
        real, imag = np.real(curves.m), np.imag(curves.m)
        return np.concatenate([np.abs(real) if one["magnitude"] else real, imag], axis=1)

    axes = PCA(one["components"], whiten=one["whiten"], svd_solver="covariance_eigh").fit(inputs(training))
    # A common scale leaves the relative sizes of components; the kernel of the SVR needs numbers of order 1.
    scale = float(np.std(axes.transform(inputs(training))))
    return (axes.transform(inputs(part)) / scale for part in (training, *others))


ROWS: Mapping[str, Callable[[Data], Row]] = {
    "middle of the prior": middle,
    "ridge regression": ridge,
    "support vectors, 2,000 curves": support_vectors,
    "40 components, gradient boosting": boosting,
    "example network": partial(network, "example"),
    "convolutional network": partial(network, "convolutional"),
    "sbi, neural posterior": neural_posterior,
    "posterior": posterior_of_training,
    "posterior, 32,000 curves": packaged,
}


def scored(data: Data, name: str) -> dict[str, Any]:
    """One row of the record."""
    row = ROWS[name](data)
    score = challenge_score(row.estimates, data.test.known_labels(), data.test.prior, without=("xi",))
    return {
        "training_curves": row.training,
        **{f"err_{key}": score.parts[key] for key in DETERMINED},
        "sum": score.total,
        "standard_error": score.standard_error,
        "settings": dict(row.settings),
    }


def facts(data: Data) -> dict[str, Any]:
    """Numbers of curves and seeds of the three sets."""
    parts = {"training": data.training, "validation": data.validation, "test": data.test}
    return {
        part: {"name": curves.recipe["name"], "curves": len(curves), "seed": curves.recipe["seed"]}
        for part, curves in parts.items()
    }


def main(folder: str, *names: str) -> None:
    """Compute the missing rows and write them."""
    try:
        import sklearn  # noqa: F401
    except ImportError:
        raise SystemExit(f"scikit-learn is missing: {install_command('echo')}") from None
    data = Data(Path(folder))
    for name in names or ROWS:
        known = json.loads(RECORD.read_text()) if RECORD.exists() else {"rows": {}}
        if name in known["rows"]:
            continue
        row = scored(data, name)
        known = json.loads(RECORD.read_text()) if RECORD.exists() else {"rows": {}}
        rows = {**known["rows"], name: row}
        ordered = {one: rows[one] for one in ROWS if one in rows}
        write_json(RECORD, {"schema": "echo-pipelines-1", "sets": facts(data), "rows": ordered})
        print(f"{name}: {row['sum']:.2f} ± {row['standard_error']:.2f}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(ROWS):
        raise SystemExit(f"usage: echo_pipelines.py FOLDER [ROW ...]; rows: {', '.join(ROWS)}")
    main(*sys.argv[1:])
