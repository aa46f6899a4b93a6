"""The plans of spins for the common suites, by the names of the suites in records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.task import Tier
from harness.tasks.spins.suites.conservation import plan as conservation
from harness.tasks.spins.suites.detection import plan as detection
from harness.tasks.spins.suites.inverse import plan as inverse
from harness.tasks.spins.suites.ood import plan as ood
from harness.tasks.spins.suites.scaling import plan as scaling
from harness.tasks.spins.suites.spinach import plan as spinach
from harness.tasks.spins.suites.uncertainty import plan as uncertainty

PLANS: Mapping[str, Mapping[Tier, Any]] = {
    "scaling": scaling.PLANS,
    "spinach": spinach.PLANS,
    "conservation": conservation.PLANS,
    "ood": ood.PLANS,
    "inverse": inverse.PLANS,
    "uncertainty": uncertainty.PLANS,
    "detection": detection.PLANS,
}
