"""The plans of the common suites for this task: what is drawn, what is measured, and what it is compared with.

Suites of its own (``suites/``) has the task where the physics asks for more than an answer on a grid: ``map`` needs
second derivatives, ``nve``, ``temperature`` and ``spectrum`` need long runs whose average is judged, ``jump`` and
``front`` compare at equal numbers of quantum calls, which is the cost here, and judge medians: single trajectories are
chaotic, so that the error of one case over that of a rival has no meaning.
"""

from __future__ import annotations

from typing import Any

from harness.task import Tier
from harness.tasks.kstep.plans.common import TIGHT
from harness.tasks.kstep.plans.detection import detection
from harness.tasks.kstep.plans.ood import out_of_distribution
from harness.tasks.kstep.plans.structure import structure
from harness.tasks.kstep.plans.uncertainty import uncertainty
from harness.tasks.kstep.window import MacroGrid

GRIDS = {
    k: MacroGrid(points, k, TIGHT) for k, points in ((8, 101), (4, 51), (5, 31), (12, 81), (16, 91))
}  # fmt: skip
"""By base steps; the networks have 4 and 5. Points and horizons differ, because records are named by them."""
SHORT = MacroGrid(6, 8, TIGHT)
"""Tells what is wrong with a method whose bonds break soon after."""
OF_ALL = (GRIDS[8], SHORT, GRIDS[4], GRIDS[5])
PLANS: dict[str, dict[Tier, Any]] = {
    "structure": {
        "smoke": structure(("methanol",), OF_ALL),
        "nightly": structure(("ethanol", "acetamide"), OF_ALL),
        "full": structure(("methanol", "ethanol", "acetamide"), (*OF_ALL, GRIDS[12], GRIDS[16])),
    },
    "ood": {"nightly": out_of_distribution(32), "full": out_of_distribution(36)},
    "uncertainty": {"nightly": uncertainty(70, 60, 16), "full": uncertainty(200, 120, 40)},
    "detection": dict.fromkeys(("smoke", "nightly", "full"), detection()),
}
"""Suite → tier → plan."""
