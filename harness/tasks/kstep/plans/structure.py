"""Structure: what every correct integrator obeys, for any forces, by the common suite of conservation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from harness.suites.asking import Claim, Truths
from harness.suites.baseline import Control
from harness.suites.conservation.plan import Plan as Conservation
from harness.suites.conservation.run import run as run_conservation
from harness.tasks.kstep.laws import LAWS, SYMPLECTIC
from harness.tasks.kstep.methods import base_steps
from harness.tasks.kstep.plans.common import JUDGED, TIGHT, believed, subject, with_fault
from harness.tasks.kstep.populations import Starts
from harness.tasks.kstep.window import MacroGrid

SHORT_POINTS = 26
"""Of the grid of the network, which is neither symplectic nor reversible over a few jumps already."""


def structure(molecules: tuple[str, ...], grids: tuple[MacroGrid, ...]) -> Conservation:
    """Symplectic map, reversal, momentum and angular momentum; the SCF is tight and starts anew at every step."""
    populations = tuple(Starts(name, (name,), 300.0, JUDGED) for name in molecules)
    return Conservation(populations, 1, grids, (*LAWS, SYMPLECTIC), believed, controls=_broken)


def _broken(plan: Conservation, truths: Truths) -> Sequence[Control]:
    few = replace(plan, populations=plan.populations[:1], grids=plan.grids[:1])
    k = base_steps("jump", JUDGED.k)

    def claims(name: str) -> list[Claim]:
        return run_conservation(with_fault(name), few).claims

    def of_the_network() -> list[Claim]:
        own = replace(few, grids=(MacroGrid(SHORT_POINTS, k, TIGHT),))
        return run_conservation(subject("jump"), own).claims

    return [
        Control("the network jump", ("symplectic", "reversal"), of_the_network),
        Control("rescaled velocities", ("symplectic", "reversal"), partial(claims, "rescaled")),
        Control("noise on the forces", ("momentum", "angular_momentum"), partial(claims, "noise")),
    ]
