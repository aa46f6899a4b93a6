"""What the plans share: the truth, the grid that is judged, and methods as subjects."""

from __future__ import annotations

from collections.abc import Sequence

from harness.suites.asking import Truths
from harness.tasks.kstep.faulty import faulty_method
from harness.tasks.kstep.model import OBSERVABLES, IntegratorModel
from harness.tasks.kstep.references.ladder import resolve
from harness.tasks.kstep.subject import IntegratorSubject
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.truth import Xtb
from harness.tasks.kstep.window import MacroGrid, Signals, Window

TIGHT = 1e-6
"""Accuracy of the SCF where momentum and reversal are judged: at 0.01 the forces themselves have a torque of 1e-5."""
JUDGED = MacroGrid(101, 8)
RATIO = "mean position error over RESPA-MMFF's"


def believed() -> Truths:
    """Velocity Verlet of 0.25 fs on GFN2-xTB."""
    return Truths(Xtb(), OBSERVABLES)


def subject(name: str) -> IntegratorSubject:
    """A method as a subject."""
    return IntegratorSubject(IntegratorModel(Method(name, resolve())))


def with_fault(name: str) -> IntegratorSubject:
    """A method with a seeded fault as a subject."""
    return IntegratorSubject(IntegratorModel(faulty_method(name, resolve())))


def respa(windows: Sequence[Window], grid: MacroGrid) -> list[Signals]:
    """The paths of RESPA with MMFF94 inside."""
    return Method("respa-mmff", resolve()).predict(windows, grid)
