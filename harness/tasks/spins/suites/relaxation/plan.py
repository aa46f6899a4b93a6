"""What each tier takes, and the numbers that its tests judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.suites.planned import Number, PlannedTest
from harness.task import Tier
from harness.tasks.spins.relaxation.signals import RELAXATION
from harness.tasks.spins.spinach.relaxation_cases import WHOLE_LEVELS
from harness.tasks.spins.systems import TimeGrid

SUITE = "relaxation"
MODULE = f"{__package__}.test_relaxation"
BELIEVED = "liouville-dense"
WHOLE_METHOD = "liouville-neighbourhoods"
OBSERVABLES = ("m", "i1z", "spin_signals", "spin_polarisations")
EQUILIBRIUM_GRID = TimeGrid(2, 60.0)
"""Thirty T1 of a spin with R1 = 0.5/s."""


@dataclass(frozen=True)
class Plan:
    """The largest size of the systems that Spinach has computed, and correlation times over three decades."""

    largest: int
    correlation_times: int


PLANS: Mapping[Tier, Plan] = {"smoke": Plan(3, 4), "nightly": Plan(4, 13), "full": Plan(5, 25)}


def planned(tier: Tier) -> Iterator[PlannedTest]:
    """What a run of this tier judges; see :mod:`harness.suites.planned`."""
    m = frozenset({"m", RELAXATION})
    missed = {target: Number(target, expected="miss") for target in ("reference_small", "tau_c", "slipped")}
    yield _test("test_references_against_spinach", Number("reference_small"), missed["reference_small"])
    yield _test("test_strychnine_in_the_basis_of_spinach", Number("reference_whole", 2 * len(WHOLE_LEVELS)))
    of_m = [Number(target, 1, m) for target in ("small", "molecule", "tau_c", "gain")]
    yield _test("test_subject", *of_m, Number("equilibrium", 1, m | {"i1z"}))
    yield _test("test_controls", missed["tau_c"])
    yield _test("test_faults_are_seen", Number("slipped"))
    yield _test("test_control_of_faults", missed["slipped"])


def _test(name: str, *numbers: Number) -> PlannedTest:
    return PlannedTest(SUITE, name, numbers, MODULE)
