"""Least squares and the Cramér-Rao bound, against closed forms and against each other."""

from __future__ import annotations

from importlib import import_module
from math import pi

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid
from harness.errors import InputError
from harness.tasks.spins.inverse import ExactModel, Memo, MethodModel, Parameters, cramer_rao, fisher, fit_signal, noisy
from harness.tasks.spins.inverse.parameters import all_of, one_coupling
from harness.tasks.spins.systems import STANDARD_GRID, chain, topology

TIMES = STANDARD_GRID.times_s


def test_bound_of_one_offset() -> None:
    """One spin, s = exp(2πiνt): σ_ν = σ / (2π √Σt²)."""
    parameters = Parameters(SpinSystem([33.0], 0.0), offsets=((0,),))
    _, jacobian = ExactModel().value_and_jacobian(parameters, np.array([33.0]), STANDARD_GRID)
    assert cramer_rao(jacobian, 0.02)[0] == pytest.approx(0.02 / (2 * pi * np.sqrt(np.sum(TIMES**2))), rel=1e-10)


def test_bound_of_one_doublet() -> None:
    """Heteronuclear doublet, s = cos(πJt): σ_J = σ / (π √Σt²sin²(πJt))."""
    system = SpinSystem([0.0, 0.0], [[0, 90.0], [90.0, 0]], isotopes=("1H", "13C"))
    _, jacobian = ExactModel().value_and_jacobian(one_coupling(system), np.array([90.0]), STANDARD_GRID)
    expected = 0.1 / (pi * np.sqrt(np.sum((TIMES * np.sin(pi * 90 * TIMES)) ** 2)))
    assert cramer_rao(jacobian, 0.1)[0] == pytest.approx(expected, rel=1e-9)


def test_bound_is_the_inverse_of_the_fisher_information() -> None:
    """Against numpy's inverse, with derivatives from another method and another way to differentiate."""
    system = topology("chain", 4, np.random.default_rng(8))
    parameters = all_of(system)
    theta = parameters.of(system)
    _, jacobian = ExactModel().value_and_jacobian(parameters, theta, STANDARD_GRID)
    _, other = MethodModel("exact", step_hz=1e-4).value_and_jacobian(parameters, theta, STANDARD_GRID)
    stacked = np.concatenate([other.real, other.imag], axis=1) / 0.02
    expected = np.sqrt(np.diag(np.linalg.inv(stacked @ stacked.T)))
    np.testing.assert_allclose(cramer_rao(jacobian, 0.02), expected, rtol=1e-6)
    np.testing.assert_allclose(fisher(jacobian, 0.02), stacked @ stacked.T, rtol=1e-6, atol=1e-6)


def test_what_m_does_not_show_has_no_bound() -> None:
    """Equal offsets make J invisible."""
    parameters = all_of(chain([5.0, 5.0], 7.0))
    _, jacobian = ExactModel().value_and_jacobian(parameters, np.array([5.0, 5.0, 7.0]), STANDARD_GRID)
    bound = cramer_rao(jacobian, 0.02)
    assert np.isinf(bound[2])
    assert np.isinf(cramer_rao(np.zeros((2, 9), complex), 1.0)).all()


def test_bound_is_reached() -> None:
    """400 fits of a doublet's J at SNR 20: RMSE / bound within 4 standard errors (3.5 % each) of 1."""
    system = SpinSystem([40.0, 0.0], [[0, 60.0], [60.0, 0]], isotopes=("1H", "13C"))
    parameters, rng = one_coupling(system), np.random.default_rng(0)
    truth, jacobian = ExactModel().value_and_jacobian(parameters, np.array([60.0]), STANDARD_GRID)
    bound = cramer_rao(jacobian, 1 / 20)[0]

    class Doublet:
        name = "doublet"

        def value(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> np.ndarray:
            return self.value_and_jacobian(parameters, theta, grid)[0]

        def value_and_jacobian(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> tuple:
            turn = np.exp(80j * pi * TIMES)
            return turn * np.cos(pi * theta[0] * TIMES), (-pi * TIMES * turn * np.sin(pi * theta[0] * TIMES))[None]

    errors = [
        fit_signal(Doublet(), parameters, np.array([58.0]), noisy(truth, 20, rng), STANDARD_GRID).theta[0] - 60
        for _ in range(400)
    ]
    assert np.sqrt(np.mean(np.square(errors))) / bound == pytest.approx(1, abs=0.14)


@pytest.mark.parametrize("target_hz", [6.0, 12.5, 20.0])
def test_j_alone_from_five(target_hz: float) -> None:
    rng = np.random.default_rng(5)
    parameters = one_coupling(chain(rng.uniform(-250, 250, 4).tolist(), target_hz))
    truth = ExactModel().value(parameters, np.array([target_hz]), STANDARD_GRID)
    fit = fit_signal(ExactModel(), parameters, np.array([5.0]), truth, STANDARD_GRID)
    assert fit.converged
    assert fit.theta[0] == pytest.approx(target_hz, abs=1e-6)
    assert fit.iterations <= 20
    assert fit.path[0, 0] == 5.0
    assert fit.path.shape == (fit.iterations + 1, 1)
    assert fit.cost < 1e-12


def test_all_parameters() -> None:
    rng = np.random.default_rng(6)
    system = topology("chain", 4, rng)
    parameters = all_of(system)
    theta = parameters.of(system)
    truth, jacobian = ExactModel().value_and_jacobian(parameters, theta, STANDARD_GRID)
    fit = fit_signal(
        ExactModel(), parameters, theta + rng.uniform(-5, 5, len(theta)), noisy(truth, 50, rng), STANDARD_GRID,
        max_iterations=40,
    )  # fmt: skip
    error = np.abs(parameters.without_signs(fit.theta) - parameters.without_signs(theta))
    assert np.all(error < 5 * cramer_rao(jacobian, 1 / 50))


def test_stages_widen_the_basin() -> None:
    """An offset wrong by 40 Hz turns the phase by 1.2 turns in 30 ms: only the shorter signal leads back."""
    parameters = Parameters(SpinSystem([100.0], 0.0), offsets=((0,),))
    truth = ExactModel().value(parameters, np.array([100.0]), STANDARD_GRID)
    start = np.array([140.0])
    direct = fit_signal(ExactModel(), parameters, start, truth, STANDARD_GRID, max_iterations=50)
    staged = fit_signal(ExactModel(), parameters, start, truth, STANDARD_GRID, 50, stages=(0.25, 0.5, 1.0))
    assert abs(direct.theta[0] - 100) > 1
    assert staged.theta[0] == pytest.approx(100, abs=1e-6)


def test_budget_of_iterations() -> None:
    parameters = one_coupling(chain([100.0, -50.0, 20.0], 20.0))
    truth = ExactModel().value(parameters, np.array([20.0]), STANDARD_GRID)
    fit = fit_signal(ExactModel(), parameters, np.array([5.0]), truth, STANDARD_GRID, max_iterations=2)
    assert fit.iterations == 2
    assert not fit.converged


def test_memo_computes_each_point_once_and_changes_nothing() -> None:
    parameters = one_coupling(chain([100.0, -50.0, 20.0], 12.5))
    truth = ExactModel().value(parameters, np.array([12.5]), STANDARD_GRID)
    signal = noisy(truth, 20, np.random.default_rng(1))
    start = np.array([5.0])
    with_memo = fit_signal(ExactModel(), parameters, start, signal, STANDARD_GRID)
    without = fit_signal(ExactModel(), parameters, start, signal, STANDARD_GRID, remember=False)
    np.testing.assert_allclose(with_memo.path, without.path, atol=1e-9)
    assert with_memo.count.requested == without.count.requested == without.count.computed
    assert with_memo.count.computed < with_memo.count.requested
    assert with_memo.count.factor > 1.5 > without.count.factor == 1


def test_memo_forgets_the_oldest() -> None:
    calls: list[float] = []

    class Counted(ExactModel):
        def value_and_jacobian(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> tuple:
            calls.append(float(theta[0]))
            return np.zeros(grid.points), np.zeros((1, grid.points))

    memo = Memo(Counted(), size=2)
    parameters = one_coupling(chain([1.0, 2.0], 3.0))
    for value in (1.0, 2.0, 1.0, 3.0, 1.0):
        memo.value(parameters, np.array([value]), STANDARD_GRID)
    assert calls == [1.0, 2.0, 3.0, 1.0]
    other = TimeGrid(10, 1e-4)
    memo.value(parameters, np.array([1.0]), other)
    assert len(calls) == 5


def test_noise_has_the_stated_size() -> None:
    noise = noisy(np.zeros(200_000, complex), 20.0, np.random.default_rng(2))
    # Standard error of a standard deviation from 2e5 values: .16 %.
    assert noise.real.std() == pytest.approx(1 / 20, rel=1e-2)
    assert noise.imag.std() == pytest.approx(1 / 20, rel=1e-2)
    assert abs(np.mean(noise.real * noise.imag)) < 1e-4
    with pytest.raises(InputError, match="snr = 0"):
        noisy(noise, 0, np.random.default_rng(2))


def test_shapes_are_checked() -> None:
    parameters = one_coupling(chain([1.0, 2.0], 3.0))
    with pytest.raises(InputError, match=r"signal \(3,\)"):
        fit_signal(ExactModel(), parameters, np.array([5.0]), np.ones(3, complex), STANDARD_GRID)
    with pytest.raises(InputError, match=r"start \(2,\)"):
        fit_signal(ExactModel(), parameters, np.ones(2), np.ones(300, complex), STANDARD_GRID)


class Watched(ExactModel):
    """Exact, and remembers how many samples it was asked for; ``sign`` -1 gives derivatives that lead uphill."""

    def __init__(self, sign: float = 1.0) -> None:
        super().__init__()
        self.sign = sign
        self.points: set[int] = set()

    def value_and_jacobian(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> tuple:
        self.points.add(grid.points)
        m, jacobian = super().value_and_jacobian(parameters, theta, grid)
        return m, self.sign * jacobian


def one_offset(hz: float) -> tuple[Parameters, np.ndarray]:
    parameters = Parameters(SpinSystem([hz], 0.0), offsets=((0,),))
    return parameters, ExactModel().value(parameters, np.array([hz]), STANDARD_GRID)


@pytest.mark.parametrize(
    ("stages", "points"),
    [((1.0,), {300}), ((0.25, 0.5, 1.0), {75, 150, 300}), ((0.001, 1.0), {2, 300}), ((0.3351, 1.0), {101, 300})],
)
def test_a_stage_sees_its_part_of_the_signal(stages: tuple[float, ...], points: set[int]) -> None:
    parameters, truth = one_offset(20.0)
    model = Watched()
    fit = fit_signal(model, parameters, np.array([18.0]), truth, STANDARD_GRID, max_iterations=30, stages=stages)
    assert model.points == points
    assert fit.converged
    assert fit.jacobian.shape == (1, 300)


def test_an_optimiser_that_gives_up_has_not_converged() -> None:
    parameters, truth = one_offset(20.0)
    fit = fit_signal(Watched(sign=-1.0), parameters, np.array([18.0]), truth, STANDARD_GRID, max_iterations=1)
    assert fit.iterations == 0
    assert not fit.converged
    assert fit.theta[0] == 18.0


class Square:
    """M = θ² at every time: from far off each step halves θ, and no tolerance is met."""

    name = "square"

    def value(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> np.ndarray:
        return self.value_and_jacobian(parameters, theta, grid)[0]

    def value_and_jacobian(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> tuple:
        return np.full(grid.points, theta[0] ** 2 + 0j), np.full((1, grid.points), 2 * theta[0] + 0j)


def test_twenty_steps_are_taken_where_nothing_else_is_stated() -> None:
    parameters, _ = one_offset(20.0)
    fit = fit_signal(Square(), parameters, np.array([1e9]), np.zeros(300), STANDARD_GRID)
    assert (fit.iterations, fit.converged) == (20, False)
    np.testing.assert_allclose(fit.path[:, 0], 1e9 / 2.0 ** np.arange(21), rtol=1e-6)


@pytest.mark.parametrize("nothing", [{"max_iterations": 0}, {"stages": ()}])
def test_without_a_step_the_start_is_what_is_judged(nothing: dict) -> None:
    parameters, truth = one_offset(20.0)
    fit = fit_signal(ExactModel(), parameters, np.array([18.0]), truth, STANDARD_GRID, **nothing)
    assert (fit.iterations, fit.converged) == (0, False)
    off = ExactModel().value(parameters, np.array([18.0]), STANDARD_GRID) - truth
    assert fit.cost == pytest.approx(0.5 * np.sum(off.real**2 + off.imag**2), rel=1e-12)


def test_the_times_of_a_fit_are_those_from_its_start_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("harness.tasks.spins.inverse.fit")
    parameters, truth = one_offset(20.0)
    wall, processor = iter((1.0, 3.5)), iter((2.0, 6.25))
    monkeypatch.setattr(module, "perf_counter", lambda: next(wall))
    monkeypatch.setattr(module, "process_time", lambda: next(processor))
    fit = fit_signal(ExactModel(), parameters, np.array([18.0]), truth, STANDARD_GRID)
    assert (fit.seconds, fit.cpu_seconds) == (2.5, 4.25)


def test_the_accepted_points_lead_from_the_start_to_the_end_without_repeats() -> None:
    parameters, truth = one_offset(20.0)
    fit = fit_signal(
        ExactModel(), parameters, np.array([14.0]), truth, STANDARD_GRID, max_iterations=30, stages=(0.5, 1.0)
    )
    assert fit.path[0, 0] == 14.0
    assert fit.path[-1, 0] == fit.theta[0]
    assert np.all(np.diff(fit.path[:, 0]) != 0)
    assert fit.theta[0] == pytest.approx(20.0, abs=1e-6)
