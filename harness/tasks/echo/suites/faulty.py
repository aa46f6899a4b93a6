"""A simulator with a seeded fault, called in the same way as a subject."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from harness.subjects import Answer
from harness.tasks.echo.faults import EchoFault
from harness.tasks.echo.plan import EchoPlan
from harness.tasks.echo.signals import DRAW, answer_of
from harness.tasks.echo.system import EchoSystem
from harness.trajectory import Provenance


class Faulty:
    """The subject "fault: …"."""

    kind = "reference"
    model = None
    offers = frozenset(DRAW)

    def __init__(self, fault: EchoFault) -> None:
        self.fault, self.name = fault, f"fault: {fault.name}"
        self.provenance = {"kind": "fault", "name": fault.name, "words": fault.words}

    def answer(self, system: EchoSystem, plan: EchoPlan) -> Answer:
        """One system."""
        return self.answers([system], plan)[0]

    def answers(self, systems: Sequence[EchoSystem], plan: EchoPlan) -> list[Answer]:
        """Many systems."""
        begun = perf_counter()
        curves = self.fault.curves(systems, plan) if systems else np.zeros((0, plan.points), complex)
        share = (perf_counter() - begun) / max(1, len(systems))
        return [Answer(answer_of(plan, Provenance(self.name), m=m), wall_s=share) for m in curves]
