"""The complete catalogue of faults."""

from __future__ import annotations

from harness.suites.detection.faults import Fault
from harness.tasks.spins.suites.faults.catalogue import BOOKKEEPING, OUTPUTS, PARAMETERS
from harness.tasks.spins.suites.faults.identities import IDENTITY, NULL
from harness.tasks.spins.suites.faults.uncertainties import UNCERTAINTY

FAULTS: tuple[Fault, ...] = (*PARAMETERS, *OUTPUTS, *BOOKKEEPING, *UNCERTAINTY, *IDENTITY)
ALL: tuple[Fault, ...] = (*FAULTS, *NULL)
