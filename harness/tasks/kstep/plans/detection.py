"""Detection: seeded faults of integrators and of answers, each through a few windows of the suites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from harness.subjects import Subject
from harness.suites.asking import Claim, Truths, measured
from harness.suites.conservation.plan import Plan as Conservation
from harness.suites.conservation.run import run as run_conservation
from harness.suites.detection.faults import Fault as OutputFault
from harness.suites.detection.faults import Faulty
from harness.suites.detection.plan import Plan as Detection
from harness.surrogates import Prediction
from harness.tasks.kstep.faults import FAULTS
from harness.tasks.kstep.laws import LAWS
from harness.tasks.kstep.metrics import METRICS
from harness.tasks.kstep.model import IntegratorModel
from harness.tasks.kstep.plans.common import JUDGED, RATIO, TIGHT, believed, respa, subject, with_fault
from harness.tasks.kstep.populations import Starts
from harness.tasks.kstep.references.ladder import resolve
from harness.tasks.kstep.subject import IntegratorSubject
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.window import MacroGrid, Signals, Window


@dataclass(frozen=True)
class Jumps:
    """The suite of jumps on windows of a fixed seed: the median error after 100 macro steps over RESPA-MMFF's."""

    windows: int = 4
    seed: int = 41

    @cached_property
    def drawn(self) -> list[Window]:
        """Thermal starts of methanol."""
        return Starts("methanol", ("methanol",), 300.0, JUDGED).draw(self.windows, self.seed)

    @cached_property
    def plain(self) -> float:
        """The median error of RESPA with MMFF94 inside, in nm."""
        return self._error(respa(self.drawn, JUDGED), believed()(self.drawn, JUDGED))

    def claims(self, judged: Any, truths: Truths) -> list[Claim]:
        """The ratio, and whatever ended a run early."""
        found = judged.answers(self.drawn, JUDGED)
        problem = next((one.problem for one in found if one.problem), "")
        ratio = None if problem else self._error([one.trajectory for one in found], truths(self.drawn, JUDGED))
        value = None if ratio is None else ratio / self.plain
        return [Claim(measured(RATIO, "methanol", judged, value, reference="xtb", problem=problem), "against_respa")]

    def _error(self, answers: Sequence[Signals], truths: Sequence[Signals]) -> float:
        pairs = zip(answers, truths, self.drawn, strict=True)
        return float(np.median([METRICS["position_100"].of(one, true, window) for one, true, window in pairs]))


OUTPUT_FAULTS = (
    OutputFault("velocities-100 in the answer", "velocities come out a hundred times too large",
                output=lambda one, window, size, rng: one.with_arrays(velocities=100 * one.arrays["velocities"])),
    OutputFault("turned velocities", "velocities come out with the wrong sign",
                output=lambda one, window, size, rng: one.with_arrays(velocities=-one.arrays["velocities"])),
    OutputFault("shifted", "positions are those of one macro step before",
                output=lambda one, window, size, rng: one.with_arrays(positions=np.concatenate(
                    [one.arrays["positions"][..., :1], one.arrays["positions"][..., :-1]], axis=-1))),
    OutputFault("nothing", "a fault that changes nothing", harmless=True, output=lambda one, window, size, rng: one),
)  # fmt: skip
"""Faults of what is handed over; those of the integrator itself are in :mod:`harness.tasks.kstep.faults`."""


@dataclass(frozen=True)
class FaultyAnswers(IntegratorModel):
    """A correct method whose answers pass a fault."""

    faulty: Faulty

    def predict(self, systems: Sequence[Window], grid: MacroGrid, uncertainty: str = "none") -> Prediction:
        """What the faulty model answers."""
        return self.faulty.predict(systems, grid, uncertainty)


def detection() -> Detection:
    """Faults of integrators and of answers; the positions of the suite of jumps alone see no wrong velocity."""
    jumps = Jumps()
    laws = Conservation(
        (Starts("methanol", ("methanol",), 300.0, JUDGED),), 1, (MacroGrid(6, 8, TIGHT),), LAWS, believed
    )
    return Detection(
        suites={
            "jump": jumps.claims,
            "structure": lambda judged, truths: run_conservation(judged, laws).claims,
        },
        faults=OUTPUT_FAULTS,
        carriers={"exact": lambda truths: IntegratorModel(Method("kernel", resolve()))},
        truths=believed,
        blind=("jump",),
        replaced=lambda truths: {fault.name: (fault.words, with_fault(fault.name)) for fault in FAULTS},
        correct=lambda truths: {"kernel": subject("kernel")},
        subject=_wrapped,
    )


def _wrapped(name: str, model: Faulty, details: Mapping[str, Any]) -> Subject:
    """A model with a fault of its answers as a subject."""
    return IntegratorSubject(FaultyAnswers(model.model.method, model), name)
