"""Wrong uncertainties, wrong identities, wrong methods, and null faults; :data:`ALL` is the whole catalogue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harness.surrogates import Band, DomainCheck
from harness.tasks.spins.suites.faults.catalogue import BOOKKEEPING, OUTPUTS, PARAMETERS
from harness.tasks.spins.suites.faults.wrapper import Fault, with_arrays, with_m
from harness.tasks.spins.surrogates.prediction import Prediction
from harness.tasks.spins.systems import Provenance, SpinSystem, Trajectory


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


def _other_source(system: SpinSystem, x: float) -> SpinSystem:
    """A molecule with shifts and couplings of the other published source, under the same name, field and carrier."""
    from harness.tasks.spins.systems import load_molecule, molecule_names

    known = [
        molecule
        for name, sources in molecule_names().items()
        if system.name.endswith(name) and len(sources) > 1
        for molecule in (load_molecule(name, source) for source in sources)
        if molecule.name == system.name
    ]
    if len(known) < 2:
        return system
    own = min(known, key=lambda m: float(np.abs(m.couplings_hz - system.couplings_hz).max()))
    other = next(molecule for molecule in known if molecule is not own)
    # offset = slope · shift + constant: field and carrier from the system itself.
    slope, constant = np.polyfit(own.shifts_ppm, system.offsets_hz, 1)
    return system.with_(offsets_hz=slope * other.shifts_ppm + constant, couplings_hz=other.couplings_hz)


def _permuted(system: SpinSystem, x: float) -> SpinSystem:
    return system.relabelled([*range(1, len(system)), 0])


def _unpermuted(one: Trajectory, s: SpinSystem, x: float, rng: np.random.Generator) -> Trajectory:
    def back(rows: np.ndarray | None) -> np.ndarray | None:
        return None if rows is None else np.concatenate([rows[-1:], rows[:-1]])

    if len(set(s.isotopes)) > 1:
        return with_arrays(one, spin_signals=None, spin_polarisations=None)
    return with_arrays(one, spin_signals=back(one.spin_signals), spin_polarisations=back(one.spin_polarisations))


IDENTITY = (
    Fault("another source under the same name", "shifts and couplings of the molecule from the other published source",
          system=_other_source),
)  # fmt: skip

NULL = (
    Fault("all J negated", "the sign of J of one isotope is not observable", system=lambda s, x: (
        s.with_(couplings_hz=-s.couplings_hz) if len(set(s.isotopes)) == 1 else s), harmless=True),
    Fault("labels permuted with the tagged spin", "spins renumbered, outputs put back", system=_permuted,
          output=_unpermuted, harmless=True),
    Fault("single precision", "outputs rounded to float32", output=lambda t, s, x, r: with_m(
        t, t.mx.astype(np.float32).astype(float) + 1j * t.my.astype(np.float32).astype(float)),  # type: ignore[union-attr]
        harmless=True),
    Fault("rounding noise", "white noise of this standard deviation", 1e-9, "1", output=lambda t, s, x, r: with_m(
        t, t.m + r.normal(scale=x, size=t.grid.points)), harmless=True),
    Fault("time reversed twice", "asked with all signs changed, conjugated back", system=lambda s, x: s.with_(
        offsets_hz=-s.offsets_hz, couplings_hz=-s.couplings_hz), output=lambda t, s, x, r: with_m(t, np.conj(t.m)),
        harmless=True),
)  # fmt: skip

FAULTS: tuple[Fault, ...] = (*PARAMETERS, *OUTPUTS, *BOOKKEEPING, *UNCERTAINTY, *IDENTITY)
ALL: tuple[Fault, ...] = (*FAULTS, *NULL)
