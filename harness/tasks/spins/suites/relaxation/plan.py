"""What each tier takes, and the numbers that its tests judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.suites.planned import Number, PlannedTest
from harness.task import Tier
from harness.tasks.spins.relaxation.signals import RELAXATION
from harness.tasks.spins.spinach.relaxation_cases import MOLECULES, whole_bases
from harness.tasks.spins.systems import TimeGrid

SUITE = "relaxation"
MODULE, WHOLE_MODULE = f"{__package__}.test_relaxation", f"{__package__}.test_whole_molecules"
BELIEVED = "liouville-dense"
SPARSE = ("liouville-krylov", "liouville-neighbourhoods")
METHODS = (BELIEVED, *SPARSE)
"""The references of the package, which are judged in every run."""
WHOLE_METHOD = "liouville-neighbourhoods"
OBSERVABLES = ("m", "i1z", "spin_signals", "spin_polarisations")
EQUILIBRIUM_GRID = TimeGrid(2, 60.0)
"""Thirty T1 of a spin with R1 = 0.5/s."""
LAWS = ("gain", "equilibrium", "one_spin")


@dataclass(frozen=True)
class Plan:
    """The largest size of the made systems, molecules that Spinach has computed, correlation times over three decades;
    ``every``-th system of the library, and sizes of the systems on which a network is tried.

    The dense reference is compared with Spinach on all 120 made systems in every tier.
    """

    largest: int
    molecules: tuple[str, ...]
    correlation_times: int
    every: int
    network_sizes: tuple[int, ...]


PLANS: Mapping[Tier, Plan] = {
    "smoke": Plan(3, ("glycine", "alanine"), 7, 90, (5,)),
    "nightly": Plan(4, MOLECULES, 13, 20, (5, 6, 9)),
    "full": Plan(5, MOLECULES, 25, 4, (5, 6, 9)),
}


def planned(tier: Tier) -> Iterator[PlannedTest]:
    """What a run of this tier judges; see :mod:`harness.suites.planned`."""
    against = [Number(target, len(METHODS)) for target in ("reference_small", "reference_cold")]
    yield _test("test_references_against_spinach", *against, *_missed("reference_small", "reference_cold"))
    yield _test("test_references_build_up_the_noe", Number("reference_noe", len(METHODS)), *_missed("reference_noe"))
    laws = [f"reference_{law}" for law in LAWS]
    yield _test("test_references_obey_the_laws", *(Number(law, len(METHODS)) for law in laws), *_missed(*laws))
    yield _test("test_states_stay_states", *_both("reference_trace", "reference_positive"))
    tau = Number("reference_tau_c", len(SPARSE))
    yield _test("test_references_over_correlation_times", tau, *_missed("reference_tau_c"))
    yield _test("test_front", *_both("reference_front"))
    m = frozenset({"m", RELAXATION})
    of_m = (Number("small", 1, m), Number("molecule", 2, m), Number("tau_c", 1, m), Number("gain", 1, m))
    longitudinal = (Number("equilibrium", 1, m | {"i1z"}), Number("one_spin", 1, m | {"i1z"}))
    yield _test("test_subject", *of_m, *longitudinal, Number("noe", 1, m | {"spin_polarisations"}))
    yield _test("test_controls", *_missed("small", "molecule", "tau_c", "noe", *LAWS))
    yield _test("test_faults_are_seen", *_both("slipped", "rejected"))
    yield from _whole_molecules()


def _whole_molecules() -> Iterator[PlannedTest]:
    shapes, seen = ("whole_spectrum", "line_widths", "integrals"), ("whole_missed", "whole_refused")
    tests = {
        "test_strychnine_in_the_basis_of_spinach": [Number("reference_whole", 2 * len(whole_bases()))],
        "test_spectrum_of_strychnine": [*map(Number, shapes)],
        "test_controls_of_the_spectrum_of_strychnine": _missed(*shapes),
        "test_spinach_is_not_converged_for_strychnine": [],
        "test_wrong_correlation_times_are_seen_on_whole_molecules": _both(*seen),
        "test_library_with_rates": _both("library_uncovered"),
        "test_what_a_network_adds": _both("no_room"),
    }
    for name, numbers in tests.items():
        yield PlannedTest(SUITE, name, tuple(numbers), WHOLE_MODULE)


def _test(name: str, *numbers: Number) -> PlannedTest:
    return PlannedTest(SUITE, name, numbers, MODULE)


def _missed(*targets: str) -> list[Number]:
    return [Number(target, expected="miss") for target in targets]


def _both(*targets: str) -> list[Number]:
    """A number that meets each target, and a control that misses it."""
    return [*map(Number, targets), *_missed(*targets)]
