"""The relaxation of a molecule in a magnet: the given fields, with those of the molecule and the magnet."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

from harness.errors import InputError
from harness.tasks.spins.systems.relaxation import Relaxation

if TYPE_CHECKING:
    from harness.tasks.spins.systems.molecule import Molecule

_KNOWN = ("positions_angstrom", "csa_ppm", "field_t", "gyromagnetic_ratios")


def molecule_relaxation(
    molecule: Molecule,
    field_t: float,
    requested: Mapping[str, Any],
    gyromagnetic_ratios: Mapping[str, float] | None = None,
) -> Relaxation:
    """``requested`` (see :meth:`Molecule.at`) completed: positions, tensors, field of "redfield", rates of every spin.

    Raises
    ------
    InputError
        For data that the molecule lacks, or that are given although it has them; the message names the molecule.
    """
    for name in _KNOWN:
        if name in requested:
            raise InputError(
                f"{molecule.name!r}: relaxation: {name} is that of the molecule in its magnet: leave it out"
            )
    stated = dict(requested)
    for name in ("r1_per_s", "r2_per_s"):
        if isinstance(stated.get(name), Real):
            stated[name] = [stated[name]] * len(molecule)
    if stated.get("model") == "redfield":
        if molecule.positions_angstrom is None:
            raise InputError(
                f"{molecule.name!r} ({molecule.source}): relaxation 'redfield' needs positions, which this molecule "
                "lacks: add position_angstrom to each of its spins (docs/relaxation.md), or take t1_t2"
            )
        stated |= {"positions_angstrom": molecule.positions_angstrom, "csa_ppm": molecule.csa_ppm}
    try:
        return Relaxation.from_dict(
            stated | {"field_t": float(field_t), "gyromagnetic_ratios": gyromagnetic_ratios or {}}
        )
    except InputError as error:
        raise InputError(f"{molecule.name!r}: {error}") from None
