"""Laws hold for the simulator, conserved quantities stay, each seeded fault is seen, and what is no fault passes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from harness.task import Law
from harness.tasks.echo import CHALLENGE, CONVERGED, DrawnOffsets, EchoPlan, EchoSystem, Kernel
from harness.tasks.echo.cases import LARGE
from harness.tasks.echo.faults import FAULTS, NULLS, EchoFault, swapped_columns, too_narrow
from harness.tasks.echo.laws import LAWS, MEAN_LAWS, conserved
from harness.tasks.echo.metrics import METRICS
from harness.tasks.echo.populations import HOME, POPULATIONS, EchoPopulation
from harness.tasks.echo.signals import answer_of
from harness.tasks.echo.simulate import simulate
from harness.trajectory import Provenance, Trajectory

SYSTEM = EchoSystem(0.15, Kernel("power", exponent=2.5), 3e-4, side=20, offsets=DrawnOffsets(11))


def answers(plan: EchoPlan, curves: np.ndarray) -> list[Trajectory]:
    """Each curve as that of one draw and as a mean, for laws of either."""
    return [answer_of(plan, Provenance("test"), m=m, mean=m) for m in curves]


def right(systems: Sequence[EchoSystem], plan: EchoPlan) -> list[Trajectory]:
    return answers(plan, simulate(systems, plan))


def distance(key: str, m: np.ndarray, truth: np.ndarray, plan: EchoPlan = CHALLENGE) -> float:
    found, expected = answers(plan, np.stack([m, truth]))
    return METRICS[key].of(found, expected, SYSTEM)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.target)
def test_simulator_obeys(law: Law) -> None:
    violation = law.violation(right, SYSTEM, CONVERGED)
    assert violation is not None
    assert violation <= 1e-11


def test_laws_that_do_not_apply_say_so() -> None:
    single = SYSTEM.with_(coupling="single-axis")
    silent = [law.target for law in LAWS if law.violation(right, single, CHALLENGE) is None]
    assert silent == ["sign", "mirror"]
    gauss = SYSTEM.with_(kernel=Kernel("gauss", length=3.0))
    assert [law.target for law in LAWS if law.violation(right, gauss, CONVERGED) is None] == ["length"]


@pytest.mark.parametrize("law", [*LAWS, *MEAN_LAWS], ids=lambda law: law.target)
def test_each_law_is_broken_by_something(law: Law) -> None:
    """Negative controls: curves that depend on what they must not depend on, late, or too large."""

    def wrong(systems: Sequence[EchoSystem], plan: EchoPlan) -> list[Trajectory]:
        m = simulate(systems, plan)
        late = np.append(m[:, 1:], m[:, -1:], axis=1)
        traces = np.array([s.strength + 0.1 * s.kernel.length + abs(s.offset_values()[0, 0]) for s in systems])
        drift = 1.0 + 1e-3 * np.arange(plan.points) / plan.points
        return answers(plan, 1.1 * late * (1.0 + 1e-3 * traces[:, None]) * drift * np.exp(0.01j))

    violation = law.violation(wrong, SYSTEM, CONVERGED)
    assert violation is not None
    assert violation > 1e-5


def test_conserved_quantities() -> None:
    system = SYSTEM.with_(dissipation=0.0)
    forward, midpoint = (
        {name: float(np.max(values)) for name, values in conserved(system, plan).items()}
        for plan in (CHALLENGE, CONVERGED)
    )
    assert max(forward["length"], midpoint["length"]) < 1e-13
    assert midpoint["polarisation"] < 5e-5
    assert midpoint["energy"] < 1e-5
    # The first-order scheme is the control: it drifts visibly.
    assert forward["polarisation"] > 20 * midpoint["polarisation"]
    assert forward["energy"] > 10 * midpoint["energy"]


def test_laws_are_silent_where_an_answer_is_missing() -> None:
    assert [law.violation(lambda systems, plan: [None] * len(systems), SYSTEM, CONVERGED) for law in LAWS] == [None] * 6


def test_laws_of_a_draw_are_silent_for_a_mean() -> None:
    def means(systems: Sequence[EchoSystem], plan: EchoPlan) -> list[Trajectory]:
        return [answer_of(plan, Provenance("test"), mean=m) for m in simulate(systems, plan)]

    assert [law.violation(means, SYSTEM, CONVERGED) for law in LAWS] == [None] * 6
    assert [law.violation(means, SYSTEM, CONVERGED) for law in MEAN_LAWS] == [0.0]


def test_midpoint_is_converged() -> None:
    fine = simulate([SYSTEM], EchoPlan(scheme="midpoint", steps_per_sample=8))[0]
    assert distance("rmse_m", simulate([SYSTEM], CONVERGED)[0], fine) <= 5e-5
    assert distance("rmse_m", simulate([SYSTEM], CHALLENGE)[0], fine) > 1e-3


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("plan", [CHALLENGE, CONVERGED], ids=["forward", "midpoint"])
def test_faults_are_seen_on_equal_offsets(fault: EchoFault, plan: EchoPlan) -> None:
    system = LARGE.with_(dissipation=1e-4)
    error = distance("rmse_m", fault.curves([system], plan)[0], simulate([system], plan)[0], plan)
    assert error > 5e-4


@pytest.mark.parametrize("fault", NULLS, ids=lambda fault: fault.name)
def test_what_is_no_fault_passes(fault: EchoFault) -> None:
    m = fault.curves([SYSTEM], CONVERGED)[0]
    assert distance("largest_m", m, simulate([SYSTEM], CONVERGED)[0]) < 1e-10


def test_faults_of_an_inference() -> None:
    samples = np.random.default_rng(0).random((3, 101, 4)) * [0.2, 20.0, 2.0, 3.0]
    narrow = too_narrow(samples)
    np.testing.assert_allclose(narrow.std(1), 0.5 * samples.std(1), rtol=1e-12)
    swapped = swapped_columns(samples, np.array([0.2, 20.0, 2.0, 3.0]))
    np.testing.assert_allclose(swapped[..., 0], samples[..., 1] / 100.0)
    np.testing.assert_allclose(swapped[..., 3], samples[..., 3])


def test_echo_amplitude() -> None:
    m = np.full(471, 0.1j)
    truth = m.copy()
    truth[313] = -0.3
    assert distance("echo_m", m, truth) == pytest.approx(0.2)


class TestPopulations:
    def test_draws_depend_on_seed_and_place(self) -> None:
        home = POPULATIONS["home"]
        assert home.draw(3, 5) == home.draw(7, 5)[:3]
        assert home.draw(3, 5) != home.draw(3, 6)
        assert home.size == 2500
        assert home.grid == CHALLENGE

    def test_within(self) -> None:
        home = POPULATIONS["home"]
        assert [p.name for p in POPULATIONS.values() if p.within(home)] == ["home"]
        narrower = EchoPopulation("narrower", HOME.with_(prior=HOME.prior.__class__(HOME.prior.labels)))
        assert narrower.within(home)
