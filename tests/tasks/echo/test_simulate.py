"""The simulator against check values, closed forms, symmetries and conservation laws."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.echo import CHALLENGE, CONVERGED, DrawnOffsets, EchoPlan, EchoSystem, GivenOffsets, Kernel, Pulse
from harness.tasks.echo.simulate import simulate
from tests.tasks.echo.check_values import CASES, LARGE, LEHMER, SAMPLES, SMALL


@pytest.mark.parametrize("case", CASES)
def test_check_values(case: str) -> None:
    system, plan, expected = CASES[case]
    found = simulate([system], plan)[0, list(SAMPLES)]
    # Half a unit of the seventh decimal, in each part.
    np.testing.assert_allclose(
        [np.real(found), np.imag(found)], [np.real(expected), np.imag(expected)], rtol=0, atol=5.1e-8
    )


def test_offsets_of_the_check_values() -> None:
    values = LEHMER.values(50)
    np.testing.assert_allclose(values.flat[:3], [-0.05972389, -0.01910764, 0.02390956], atol=5e-9)
    assert values.mean() == pytest.approx(7.493397e-4, abs=5e-11)
    assert values.std() == pytest.approx(0.057943950, abs=5e-10)


@pytest.mark.parametrize(("exponent", "expected"), [(2.0, 23.4997141), (3.0, 8.8072721), (4.0, 6.0226951)])
def test_lattice_sums(exponent: float, expected: float) -> None:
    couplings = Kernel("power", exponent=exponent, normalised=False).couplings(50)
    assert couplings.sum() == pytest.approx(expected, abs=5e-8)
    assert couplings[0, 0] == 0.0
    assert Kernel("power", exponent=exponent).couplings(50).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("d", "expected"), [(3, 0.3652595), (4, 0.4845439), (6, 0.4998430)])
def test_echo_without_coupling_knows_the_dissipation_alone(d: int, expected: float) -> None:
    system = LARGE.with_(strength=0.0, dissipation=10.0**-d, offsets=DrawnOffsets(d))
    assert abs(simulate([system], CHALLENGE)[0, 313]) == pytest.approx(expected, abs=5.1e-8)


def test_free_decay_is_the_transform_of_the_line() -> None:
    line = DrawnOffsets().line.quantiles((np.arange(2500) + 0.5) / 2500, 2500)
    weights = 1.0 / (np.linspace(-0.25, 0.25, 2500) ** 2 + 0.025**2)
    expected = [
        abs(np.sum(weights * np.exp(-1j * np.linspace(-0.25, 0.25, 2500) * 2 * (k + 1)))) / weights.sum() / 2
        for k in (0, 9, 24, 49)
    ]
    np.testing.assert_allclose(expected, [0.4964036, 0.3177609, 0.1523962, 0.0435550], atol=5.1e-8)
    quantiles = simulate(
        [LARGE.with_(strength=0.0, dissipation=0.0, offsets=GivenOffsets(line.reshape(50, 50)))], CHALLENGE
    )
    np.testing.assert_allclose(np.abs(quantiles[0, [0, 9, 24, 49]]), expected, atol=1e-4)


def test_without_coupling_the_second_half_repeats_the_first() -> None:
    system = LARGE.with_(strength=0.0, dissipation=1e-3)
    m = simulate([system], CHALLENGE)[0]
    q = np.arange(1, 157)
    np.testing.assert_allclose(m[313 + q], m[q - 1] * math.exp(-1e-3 * 314), atol=1e-13)


def test_one_step_of_free_precession_is_exact() -> None:
    offsets = np.random.default_rng(1).uniform(-0.2, 0.2, (3, 3))
    system = EchoSystem(0.0, side=3, offsets=GivenOffsets(offsets))
    m = simulate([system], EchoPlan(delay=4.0, dt=2.0))[0, 0]
    assert m == pytest.approx(np.mean(-0.5j * np.exp(-1j * offsets * 2.0)), abs=1e-15)


class TestSymmetries:
    base = SMALL.with_(strength=0.15, dissipation=1e-4)

    def test_length_drops_out_of_the_normalised_power_law(self) -> None:
        other = self.base.with_(kernel=Kernel("power", length=7.3, exponent=3.0))
        m = simulate([self.base, other], CHALLENGE)
        np.testing.assert_allclose(m[0], m[1], atol=1e-13)
        assert self.base.fingerprint == other.fingerprint

    def test_sign_of_the_strength_is_unobservable(self) -> None:
        m = simulate([self.base, self.base.with_(strength=-0.15)], CONVERGED)
        np.testing.assert_allclose(m[0], m[1], atol=1e-12)

    def test_reversed_offsets_conjugate(self) -> None:
        reversed_ = self.base.with_(offsets=GivenOffsets(-self.base.offset_values()))
        m = simulate([self.base, reversed_], CONVERGED)
        np.testing.assert_allclose(m[1], -np.conj(m[0]), atol=1e-12)

    def test_phase_of_the_second_pulse(self) -> None:
        y = simulate([self.base], CONVERGED)[0]
        x = simulate([self.base], EchoPlan(scheme="midpoint", second=Pulse(180.0, "x")))[0]
        np.testing.assert_allclose(x[:157], y[:157], atol=1e-15)
        np.testing.assert_allclose(x[157:], -y[157:], atol=1e-12)

    def test_batches_answer_as_single_systems_do(self) -> None:
        systems = [self.base, self.base.with_(side=7), self.base.with_(coupling="single-axis"), SMALL]
        together = simulate(systems, CHALLENGE)
        for k, system in enumerate(systems):
            np.testing.assert_allclose(together[k], simulate([system], CHALLENGE)[0], atol=1e-14)


def test_single_precision() -> None:
    exact, single = simulate([LARGE], CHALLENGE), simulate([LARGE], CHALLENGE, precision="float32")
    assert 0 < np.max(np.abs(exact - single)) < 1e-5


@pytest.mark.parametrize(("scheme", "order"), [("forward", 1), ("midpoint", 2)])
def test_order_of_the_scheme(scheme: str, order: int) -> None:
    system = SMALL.with_(strength=0.15, dissipation=0.0)
    runs = [simulate([system], EchoPlan(scheme=scheme, steps_per_sample=n))[0] for n in (1, 2, 4)]  # type: ignore[arg-type]
    first, second = (float(np.sqrt(np.mean(np.abs(b - a) ** 2))) for a, b in pairwise(runs))
    assert first / second == pytest.approx(2.0**order, rel=0.25)


class TestRefusals:
    def test_midpoint_of_the_single_axis_coupling(self) -> None:
        with pytest.raises(InputError, match="take scheme 'forward'"):
            simulate([SMALL.with_(coupling="single-axis")], CONVERGED)

    def test_delay_that_is_no_multiple(self) -> None:
        with pytest.raises(InputError, match="whole number"):
            EchoPlan(delay=313.0)

    @pytest.mark.parametrize(
        "changes", [{"strength": math.nan}, {"dissipation": -1.0}, {"side": 0}, {"coupling": "xy"}]
    )
    def test_systems(self, changes: dict[str, object]) -> None:
        with pytest.raises(InputError, match=next(iter(changes))):
            SMALL.with_(**changes)

    def test_kernels(self) -> None:
        with pytest.raises(InputError, match="did you mean 'gauss'"):
            Kernel("gaus")  # type: ignore[arg-type]
        with pytest.raises(InputError, match="length"):
            Kernel("gauss", length=0.0)

    def test_offsets_of_another_lattice(self) -> None:
        with pytest.raises(InputError, match="does not fit"):
            simulate([EchoSystem(0.1, side=4, offsets=GivenOffsets(np.zeros((3, 3))))], CHALLENGE)
