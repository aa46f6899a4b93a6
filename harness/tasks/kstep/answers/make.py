"""Make the packaged answers anew by tblite: ``python -m harness.tasks.kstep.answers.make FOLDER PINS``."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.bridge.pins import pins_of
from harness.durable import write_text
from harness.tasks.kstep.library import load
from harness.tasks.kstep.references.answers import hessian_at, reference_path, start_state
from harness.tasks.kstep.references.entries import XtbEntries
from harness.tasks.kstep.references.ladder import resolve

MOLECULES = ("methanol", "ethanol", "acetamide")
"""The molecules that have a packaged correction potential."""
WINDOW = ("methanol", 300.0, 0, 100)
"""Molecule, temperature in K, seed and length in fs of the packaged trajectory."""


def main(folder: Path, pins: Path) -> None:
    """Write every missing entry into ``folder``, and the file of pins."""
    found = resolve(engine="xtb-tblite", cache=XtbEntries((folder,)))
    for name in MOLECULES:
        hessian_at(found, load(name))
    name, temperature_k, seed, length_fs = WINDOW
    molecule = load(name)
    reference_path(found, molecule, start_state(found, molecule, temperature_k, seed), length_fs)
    write_text(pins, pins_of(folder))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
