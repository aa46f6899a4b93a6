"""What a correction leaves of the force at geometries of Langevin dynamics on GFN2-xTB, which it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.tasks.kstep.forces import Mmff
from harness.tasks.kstep.kernel.learning import labelled, residual, sampled
from harness.tasks.kstep.kernel.weights import load_kernel
from harness.tasks.kstep.library import load
from harness.tasks.kstep.subjects import Method

GEOMETRIES = 80


@dataclass(frozen=True)
class ResidualRow:
    """Root mean square and largest component of F_QM - F_in in kJ/mol/nm: with the correction, with MMFF94 alone."""

    molecule: str
    geometries: int
    rms: float
    largest: float
    mmff_rms: float
    mmff_largest: float


def residual_row(method: Method, name: str, seed: int) -> ResidualRow:
    """At geometries of Langevin dynamics on GFN2-xTB at 300, 450 and 600 K, 30 fs apart, from a seed of its own."""
    molecule, found = load(name), method.found
    field = Mmff(molecule)
    places = sampled(molecule, found.force(molecule, warm=True), GEOMETRIES, seed)
    labels = labelled(places, found.force(molecule), field)
    rms, largest = residual(load_kernel(molecule, field.name, method.weights), labels)
    alone = labels.forces
    return ResidualRow(name, len(labels), rms, largest, float(np.sqrt(np.mean(alone**2))), float(np.abs(alone).max()))
