"""Answers for a system other than the requested one, and null faults, which change nothing that can be observed."""

from __future__ import annotations

import numpy as np

from harness.suites.detection.faults import Fault
from harness.tasks.spins.suites.faults.wrapper import with_arrays, with_m
from harness.tasks.spins.systems import SpinSystem, Trajectory


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
    Fault("time reversed twice", "simulated with all signs changed, conjugated back", system=lambda s, x: s.with_(
        offsets_hz=-s.offsets_hz, couplings_hz=-s.couplings_hz), output=lambda t, s, x, r: with_m(t, np.conj(t.m)),
        harmless=True),
)  # fmt: skip
