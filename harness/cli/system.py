"""The system that a verb is about: a molecule in a magnet, or a file of offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.spins import SpinSystem


def prepared(
    what: str, source: str | None, field_t: float | None, carriers: tuple[str, ...]
) -> tuple[SpinSystem, dict[str, Any]]:
    """The system, and the facts of the experiment that belong into every file."""
    from harness.errors import InputError
    from harness.spins import Molecule, load_molecule
    from harness.spins.system_file import load_toml

    is_file = what.endswith(".toml")
    if is_file and source is not None:
        raise InputError(f"--source {source!r}: {what!r} is a file and its own source; leave --source out")
    loaded = load_toml(what) if is_file else load_molecule(what, source)
    asked = _carriers(carriers, loaded.observed)
    if isinstance(loaded, Molecule):
        field_t = 14.1 if field_t is None else field_t
        system = loaded.at(field_t, asked)
        used = {isotope: asked.get(isotope, loaded.centre_ppm(isotope)) for isotope in set(loaded.isotopes)}
        return system, {
            "molecule": loaded.name,
            "source": loaded.source,
            "field_t": field_t,
            "carrier_ppm": dict(sorted(used.items())),
        }
    if (field_t is None) != (not asked):
        raise InputError(f"{what!r} gives offsets in Hz: --field-t and --carrier-ppm only make a ppm axis, together")
    if set(asked) - {loaded.observed}:
        raise InputError(f"--carrier-ppm: the ppm axis is that of the observed isotope, {loaded.observed}")
    if field_t is not None and not 0 < field_t < float("inf"):
        raise InputError(f"--field-t {field_t!r}: must be a positive number of tesla")
    return loaded, {"system": what, "field_t": field_t, "carrier_ppm": asked}


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
