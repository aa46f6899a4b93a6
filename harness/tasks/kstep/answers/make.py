"""Make the packaged answers by tblite: ``python -m harness.tasks.kstep.answers.make``."""

from __future__ import annotations

from pathlib import Path

from harness.tasks.kstep.library import load
from harness.tasks.kstep.references.answers import hessian_at, reference_path, start_state
from harness.tasks.kstep.references.cache import Cache
from harness.tasks.kstep.references.ladder import resolve

MOLECULES = ("methanol", "ethanol", "acetamide")
"""The molecules that have a packaged correction potential."""
WINDOW = ("methanol", 300.0, 0, 100)
"""Molecule, temperature in K, seed and length in fs of the packaged trajectory."""


def main() -> None:
    """Write every missing entry into this folder."""
    here = Path(__file__).parent
    found = resolve(engine="xtb-tblite", cache=Cache(here, here))
    for name in MOLECULES:
        hessian_at(found, load(name))
    name, temperature_k, seed, length_fs = WINDOW
    molecule = load(name)
    reference_path(found, molecule, start_state(found, molecule, temperature_k, seed), length_fs)


if __name__ == "__main__":
    main()
