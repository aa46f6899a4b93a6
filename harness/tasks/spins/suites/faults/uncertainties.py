"""Faults in the uncertainty and in the domain that a subject states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.suites.detection.faults import Fault
from harness.surrogates import Band, DomainCheck
from harness.tasks.spins.suites.faults.wrapper import with_arrays
from harness.tasks.spins.surrogates.prediction import Prediction
from harness.tasks.spins.systems import Provenance, Trajectory


def _spread(prediction: Prediction, factors: np.ndarray) -> Prediction:
    """Standard deviations of case k times ``factors[k]``."""
    if prediction.std is None:
        return prediction
    std = tuple(
        with_arrays(one, mx=one.mx * f, my=one.my * f, i1z=one.i1z * f)  # type: ignore[operator]
        for one, f in zip(prediction.std, factors, strict=True)
    )
    return replace(prediction, std=std)


def _scaled_std(prediction: Prediction, x: float, rng: np.random.Generator) -> Prediction:
    return _spread(prediction, np.full(len(prediction.mean), 1 + x))


def _constant_std(prediction: Prediction, x: float, rng: np.random.Generator) -> Prediction:
    if prediction.std is None:
        return prediction
    width = float(np.sqrt(np.mean([float(np.mean(np.asarray(s.mx) ** 2)) for s in prediction.std])))
    flat = np.full(prediction.std[0].grid.points, width)
    std = tuple(Trajectory(s.grid, Provenance("constant"), flat, flat, flat) for s in prediction.std)
    return replace(prediction, std=std)


def _shuffled_std(prediction: Prediction, x: float, rng: np.random.Generator) -> Prediction:
    if prediction.std is None:
        return prediction
    order = rng.permutation(len(prediction.std))
    return replace(prediction, std=tuple(prediction.std[k] for k in order))


def _scaled_bands(prediction: Prediction, x: float, rng: np.random.Generator) -> Prediction:
    if prediction.bands is None:
        return prediction

    def scaled(band: Band) -> Band:
        return replace(band, radii={name: radius * (1 + x) for name, radius in band.radii.items()})

    return replace(prediction, bands=tuple(tuple(scaled(band) for band in bands) for bands in prediction.bands))


def _relevelled(prediction: Prediction, x: float, rng: np.random.Generator) -> Prediction:
    """Every band gets the radii of the level below it."""
    if prediction.bands is None:
        return prediction

    def moved(bands: tuple[Band, ...]) -> tuple[Band, ...]:
        found = []
        for band in bands:
            lower = [b for b in bands if b.kind == band.kind and b.level < band.level]
            taken = max(lower, key=lambda b: b.level) if lower else band
            found.append(replace(band, radii=taken.radii))
        return tuple(found)

    return replace(prediction, bands=tuple(moved(bands) for bands in prediction.bands))


def _always_inside(prediction: Prediction, x: float, rng: np.random.Generator) -> Prediction:
    return replace(prediction, in_domain=tuple(DomainCheck({}) for _ in prediction.in_domain))


def _random_flag(prediction: Prediction, x: float, rng: np.random.Generator) -> Prediction:
    return replace(prediction, in_domain=tuple(DomainCheck({"size": 1.0} if f else {}) for f in rng.random(
        len(prediction.in_domain)) < 0.5))  # fmt: skip


def _inverted_flag(prediction: Prediction, x: float, rng: np.random.Generator) -> Prediction:
    return replace(prediction, in_domain=tuple(DomainCheck({} if d.exceeded else {"size": 1.0})
                                               for d in prediction.in_domain))  # fmt: skip


UNCERTAINTY = (
    Fault("std halved", "stated std times 1 + size", -0.5, "1", uncertainty=_scaled_std, carrier="honest"),
    Fault("std doubled", "stated std times 1 + size", 1.0, "1", uncertainty=_scaled_std, carrier="honest"),
    Fault("std constant", "one std for all cases", uncertainty=_constant_std, carrier="honest"),
    Fault("std of another case", "stds shuffled among the cases", uncertainty=_shuffled_std, carrier="honest"),
    Fault("std zero", "stated std is 0", -1.0, "1", uncertainty=_scaled_std, carrier="honest"),
    Fault("bands calibrated on training errors", "band radii times 1 + size: training errors are smaller", -0.4, "1",
          uncertainty=_scaled_bands, carrier="honest"),
    Fault("bands of another level", "every band has the radius of the level below", uncertainty=_relevelled,
          carrier="honest"),
    Fault("flag always inside", "the domain check never objects", uncertainty=_always_inside),
    Fault("flag at random", "the domain check is a coin", uncertainty=_random_flag),
    Fault("flag inverted", "the domain check objects inside", uncertainty=_inverted_flag),
)  # fmt: skip
