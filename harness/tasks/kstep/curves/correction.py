"""Learning curves of the correction potential: with MMFF94, without it, and with an MMFF94 that is shuffled.

All variants have the same geometries, of Langevin dynamics on GFN2-xTB, and predict the same total force:

- ``with MMFF94``: the kernel is fitted to GFN2-xTB minus MMFF94, and MMFF94 is added;
- ``without MMFF94``: the kernel is fitted to GFN2-xTB alone;
- ``shuffled MMFF94``, the control: as the first, but the answers of MMFF94 are those of other geometries, in the
  training and in the test. Their size is right, and what they state about a geometry is not.

Every variant has the kernel width, of those of the plan, that serves a fifth of its labels best that it is not
fitted to; then it is fitted to all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.durable import writing
from harness.tasks.kstep.curves.plan import TEST_SEED, Plan, Row
from harness.tasks.kstep.forces import Gfn2, Mmff
from harness.tasks.kstep.forces.base import Force
from harness.tasks.kstep.kernel.fitting import fit
from harness.tasks.kstep.kernel.labels import Labels
from harness.tasks.kstep.kernel.learning import residual, sampled
from harness.tasks.kstep.library import load

MODEL = "correction"
UNIT = "kJ/mol/nm"
VARIANTS = ("with MMFF94", "without MMFF94", "shuffled MMFF94")
VALIDATION = 0.2


@dataclass(frozen=True, eq=False)
class CorrectionCurve:
    """The learning curves of the correction, with labels in ``folder``."""

    plan: Plan
    folder: Path

    def baselines(self) -> list[Row]:
        """What no quantum data gives: the error of MMFF94."""
        test = self._labels("with MMFF94", self.plan.labels // 5, TEST_SEED)
        error = float(np.sqrt(np.mean(test.forces**2)))
        return [Row(MODEL, "MMFF94 alone", self.plan.correction_molecule, 0.0, None, 0, error, UNIT)]

    def row(self, variant: str, fraction: float, seed: int) -> Row:
        """One fit to a part of the labels, and its error on the test."""
        plan = self.plan
        labels = self._labels(variant, plan.labels, seed)[: max(10, round(fraction * plan.labels))]
        molecule = load(plan.correction_molecule)
        cut = round((1 - VALIDATION) * len(labels))

        def missed(width: float) -> float:
            return residual(fit(molecule, labels[:cut], plan.centres, width), labels[cut:])[0]

        width = min(plan.widths, key=missed)
        potential = fit(molecule, labels, plan.centres, width)
        error = residual(potential, self._labels(variant, plan.labels // 5, TEST_SEED))[0]
        note = f"width {width:g} / nm"
        return Row(MODEL, variant, molecule.name, fraction, seed, len(labels), error, UNIT, note)

    def _labels(self, variant: str, count: int, seed: int) -> Labels:
        """Quantum labels minus what the variant takes from the force field."""
        x, energies, forces, field_energies, field_forces = self._answers(count, seed)
        if variant == "without MMFF94":
            return Labels(x, energies, forces)
        order = np.arange(len(x))
        if variant == "shuffled MMFF94":
            order = np.random.default_rng([seed, 7]).permutation(len(x))
        return Labels(x, energies - field_energies[order], forces - field_forces[order])

    def _answers(self, count: int, seed: int) -> tuple[np.ndarray, ...]:
        """Geometries of Langevin on GFN2-xTB, and energies and forces of both methods; stored once."""
        names = ("positions_nm", "energies", "forces", "field_energies", "field_forces")
        path = self.folder / f"labels-{count}-{seed}.npz"
        if not path.is_file():
            molecule = load(self.plan.correction_molecule)
            places = sampled(molecule, Gfn2(molecule, warm=True), count, seed)
            arrays = (places, *answered(Gfn2(molecule), places), *answered(Mmff(molecule), places))
            with writing(path) as temporary, open(temporary, "wb") as file:
                np.savez(file, **dict(zip(names, arrays, strict=True)))
        with np.load(path) as stored:
            return tuple(stored[name] for name in names)


def answered(force: Force, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Energies (L,) and forces (L, N, 3) at geometries (L, N, 3)."""
    answers = [force(x) for x in places]
    return np.array([energy for energy, _ in answers]), np.array([forces for _, forces in answers])
