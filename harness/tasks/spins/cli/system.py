"""The systems that a verb is about: molecules in one magnet, or files of offsets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.tasks.spins.cli.field import DEFAULT_T
from harness.tasks.spins.cli.relaxation import not_for_offsets

if TYPE_CHECKING:
    from harness.tasks.spins.systems import Molecule, SpinSystem


def prepared(
    what: Sequence[str],
    source: str | None,
    field_t: float | None,
    carriers: tuple[str, ...],
    relaxation: dict[str, Any] | None = None,
) -> list[tuple[SpinSystem, dict[str, Any]]]:
    """Each system, and the facts of the experiment that belong into every file.

    All molecules are in one magnet with one carrier: by default the middle of all shifts of their observed isotope.
    Offsets of a file get a ppm axis only from a field and a carrier that were given. ``relaxation`` is for molecules;
    a file of offsets holds its own.
    """
    from harness.tasks.spins.systems import Molecule

    loaded = [_loaded(one, source) for one in what]
    molecules = [one for one in loaded if isinstance(one, Molecule)]
    typed = _carriers(carriers, loaded[0].observed)
    shared = _shared_carrier(molecules) if molecules and len(loaded) > 1 else {}
    magnet_t = DEFAULT_T if field_t is None else field_t
    return [
        _in_magnet(one, magnet_t, shared | typed, relaxation)
        if isinstance(one, Molecule)
        else _in_hz(name, one, field_t, typed, relaxation)
        for name, one in zip(what, loaded, strict=True)
    ]


def _loaded(what: str, source: str | None) -> Molecule | SpinSystem:
    from harness.errors import InputError
    from harness.tasks.spins.systems import load_molecule
    from harness.tasks.spins.systems.system_file import load_toml

    if not what.endswith(".toml"):
        return load_molecule(what, source)
    if source is not None:
        raise InputError(f"--source {source!r}: {what!r} is a file and its own source; leave --source out")
    return load_toml(what)


def _shared_carrier(molecules: Sequence[Molecule]) -> dict[str, float]:
    """The middle of the shifts of the observed isotope of all molecules."""
    observed = molecules[0].observed
    shifts = [
        float(shift)
        for one in molecules
        for shift, isotope in zip(one.shifts_ppm, one.isotopes, strict=True)
        if isotope == observed
    ]
    return {observed: (min(shifts) + max(shifts)) / 2}


def _in_magnet(
    molecule: Molecule, field_t: float, requested: dict[str, float], relaxation: dict[str, Any] | None
) -> tuple[SpinSystem, dict[str, Any]]:
    system = molecule.at(field_t, requested, relaxation=relaxation)
    assert system.frame is not None  # Molecule.at gives one
    return system, {
        "molecule": molecule.name,
        "source": molecule.source,
        "field_t": field_t,
        "carrier_ppm": dict(sorted((axis.isotope, axis.carrier_ppm) for axis in system.frame.axes)),
        **({} if relaxation is None else {"relaxation": relaxation}),
    }


def _in_hz(
    what: str,
    system: SpinSystem,
    field_t: float | None,
    requested: dict[str, float],
    relaxation: dict[str, Any] | None,
) -> tuple[SpinSystem, dict[str, Any]]:
    from harness.errors import InputError
    from harness.tasks.spins.systems import Frame, ShiftAxis

    if relaxation is not None:
        raise not_for_offsets(what, relaxation)
    if (field_t is None) != (not requested):
        raise InputError(f"{what!r} gives offsets in Hz: --field-t and --carrier-ppm only make a ppm axis, together")
    if set(requested) - {system.observed}:
        raise InputError(f"--carrier-ppm: the ppm axis is that of the observed isotope, {system.observed}")
    if field_t is not None:
        if not 0 < field_t < float("inf"):
            raise InputError(f"--field-t {field_t!r}: must be a positive number of tesla")
        axis = ShiftAxis.at(field_t, requested[system.observed], system.observed)
        system = system.with_(frame=Frame(field_t, (axis,)))
    return system, {"system": what, "field_t": field_t, "carrier_ppm": requested}


def _carriers(carriers: tuple[str, ...], observed: str) -> dict[str, float]:
    """``PPM`` is for the observed isotope, ``ISOTOPE=PPM`` for the one that it names."""
    from harness.errors import InputError

    found: dict[str, float] = {}
    for text in carriers:
        isotope, equals, value = text.rpartition("=")
        isotope = isotope.strip() if equals else observed
        try:
            number = float(value)
        except ValueError:
            raise InputError(f"--carrier-ppm {text!r}: must be a number, or ISOTOPE=number as in 13C=44.2") from None
        if isotope in found:
            raise InputError(f"--carrier-ppm {text!r}: {isotope} has a carrier already; keep one")
        found[isotope] = number
    return found
