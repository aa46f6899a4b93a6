"""A molecule whose every name tries to be code, and what must become of it."""

from __future__ import annotations

import numpy as np

from harness.tasks.spins.systems import Molecule

NAMES = (
    "it's",
    '"quoted" <tag> & more',
    "'); system('touch pwned'); disp('",
    "new\nline % comment",
    "$(touch pwned)`touch pwned`",
    "Hα–β 𝜎",
)


def hostile_molecule() -> Molecule:
    n = len(NAMES)
    couplings = np.zeros((n, n))
    couplings[0, 1] = couplings[1, 0] = 7.1
    couplings[1, 2] = couplings[2, 1] = -12.345678901234567
    return Molecule(
        name="x'); system('touch pwned'); %\nsystem('touch pwned')",
        source="file",
        labels=NAMES,
        isotopes=("1H",) * n,
        groups=NAMES,
        shifts_ppm=np.linspace(1.0, 4.0, n) / 3,
        couplings_hz=couplings,
        tagged_spin=2,
    )
