"""The plans of spins for the common suites, by the names of the suites in records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.task import Tier
from harness.tasks.spins.suites.plans import conservation, detection, inverse, ood, scaling, uncertainty

PLANS: Mapping[str, Mapping[Tier, Any]] = {
    "scaling": scaling.PLANS,
    "conservation": conservation.PLANS,
    "ood": ood.PLANS,
    "inverse": inverse.PLANS,
    "uncertainty": uncertainty.PLANS,
    "detection": detection.PLANS,
}
