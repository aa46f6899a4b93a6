"""Forward models: exact lines and derivatives against the reference and against closed forms."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import SpinSystem, TimeGrid, load_molecule, simulate
from harness.errors import InputError
from harness.tasks.spins.inverse import ExactModel, MethodModel, Parameters, SurrogateModel
from harness.tasks.spins.inverse.line_derivatives import lines_of, phases
from harness.tasks.spins.inverse.parameters import all_of, of_molecule, one_coupling
from harness.tasks.spins.surrogates.prediction import Prediction
from harness.tasks.spins.systems import STANDARD_GRID, chain, topology


def pair(offsets: tuple[float, float], coupling: float, **other: object) -> SpinSystem:
    return SpinSystem(offsets, [[0, coupling], [coupling, 0]], **other)  # type: ignore[arg-type]


def cases() -> dict[str, SpinSystem]:
    rng = np.random.default_rng(11)
    return {
        "one spin": SpinSystem([42.0], 0.0),
        "chain": topology("chain", 4, rng),
        "ring": topology("ring", 5, rng),
        "equal offsets": chain([0.0, 0.0, 0.0], 7.0),
        "methyl": load_molecule("alanine").at(14.1),
        "two isotopes": load_molecule("glycine-13c").at(9.4),
        "no couplings": SpinSystem([1.0, 2.0, 2.0], np.zeros((3, 3))),
    }


@pytest.mark.parametrize("name", cases())
def test_lines_are_the_exact_signal(name: str) -> None:
    system = cases()[name]
    expected = simulate(system, STANDARD_GRID, "exact", ("m",)).m
    lines = lines_of(system)
    np.testing.assert_allclose(lines.signal(STANDARD_GRID), expected, atol=1e-12)
    assert lines.weight.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", cases())
def test_derivatives_against_central_differences(name: str) -> None:
    """Degenerate levels (equal offsets, methyl groups) included. Step 1e-4 Hz: truncation 6e-11, rounding 1e-11."""
    system = cases()[name]
    parameters = all_of(system)
    theta = parameters.of(system)
    m, jacobian = ExactModel().value_and_jacobian(parameters, theta, STANDARD_GRID)
    again, differences = MethodModel("exact", step_hz=1e-4).value_and_jacobian(parameters, theta, STANDARD_GRID)
    np.testing.assert_allclose(m, again, atol=1e-12)
    np.testing.assert_allclose(jacobian, differences, atol=2e-10)
    assert jacobian.shape == (len(theta), STANDARD_GRID.points)


@settings(max_examples=25, deadline=None)
@given(st.floats(-200, 200), st.floats(-1e-6, 1e-6), st.floats(0.1, 20))
def test_derivatives_do_not_break_near_degeneracy(offset: float, gap: float, coupling: float) -> None:
    """Sum rule: moving all offsets by δ turns M by exp(2πiδt), whatever the levels do: Σ_k ∂M/∂Ω_k = 2πi t M."""
    system = chain([offset, offset + gap, offset, offset - gap], coupling)
    parameters = Parameters(system, offsets=((0,), (1,), (2,), (3,)))
    m, jacobian = ExactModel().value_and_jacobian(parameters, parameters.of(system), STANDARD_GRID)
    expected = 2j * pi * STANDARD_GRID.times_s * m
    np.testing.assert_allclose(jacobian.sum(axis=0), expected, atol=1e-7)


def test_coupling_inside_an_equivalent_group_does_nothing() -> None:
    system = load_molecule("alanine").at(14.1)
    parameters = Parameters(system, couplings=(((1, 2), (1, 3), (2, 3)),))
    _, jacobian = ExactModel().value_and_jacobian(parameters, np.array([-12.5]), STANDARD_GRID)
    np.testing.assert_allclose(jacobian, 0, atol=1e-11)


def test_heteronuclear_doublet() -> None:
    """M = cos(πJt), ∂M/∂J = -πt sin(πJt)."""
    system = pair((0.0, 0.0), 143.0, isotopes=("1H", "13C"))
    parameters = one_coupling(system)
    m, jacobian = ExactModel().value_and_jacobian(parameters, np.array([143.0]), STANDARD_GRID)
    times = STANDARD_GRID.times_s
    np.testing.assert_allclose(m, np.cos(pi * 143 * times), atol=1e-12)
    np.testing.assert_allclose(jacobian[0], -pi * times * np.sin(pi * 143 * times), atol=1e-12)


def test_phases() -> None:
    grid, omega = TimeGrid(37, 1e-3), np.array([0.0, 100.0, -2500.0])
    np.testing.assert_allclose(phases(omega, grid), np.exp(1j * np.outer(omega, grid.times_s)), atol=1e-13)


def test_parameters() -> None:
    system = topology("chain", 3, np.random.default_rng(2))
    parameters = Parameters(system, offsets=((0, 2),), couplings=(((0, 1),),))
    assert parameters.names == ("offset S1", "J S1 S2")
    assert parameters.is_coupling.tolist() == [False, True]
    moved = parameters.system(np.array([7.0, -3.0]))
    assert moved.offsets_hz.tolist() == [7.0, system.offsets_hz[1], 7.0]
    assert moved.couplings_hz[0, 1] == -3
    assert moved.couplings_hz[1, 2] == system.couplings_hz[1, 2]
    assert parameters.of(moved).tolist() == [7.0, -3.0]
    assert parameters.mean_of(system)[0] == pytest.approx(system.offsets_hz[[0, 2]].mean())
    assert parameters.without_signs(np.array([-7.0, -3.0])).tolist() == [-7.0, 3.0]


def test_parameters_of_a_molecule() -> None:
    molecule = load_molecule("valine")
    parameters = of_molecule(molecule, molecule.at(14.1))
    assert parameters.names == (
        "offset HA",
        "offset HB",
        "offset HG11",
        "offset HG21",
        "J HA HB",
        "J HB HG11",
        "J HB HG21",
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "no free parameters"),
        ({"offsets": ((0,), (0,))}, "two parameters"),
        ({"couplings": (((0, 1), (0, 1)),)}, "two parameters"),
        ({"offsets": ((5,),)}, r"outside 0 … 1"),
        ({"couplings": (((1, 0),),)}, "i < j"),
    ],
)
def test_parameters_refused(arguments: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Parameters(pair((1.0, 2.0), 3.0), **arguments)


class Differentiable:
    """A stand-in surrogate that gives its own Jacobian."""

    name = "stand-in"
    observables = ("m",)

    def __init__(self) -> None:
        self.batches: list[int] = []

    def predict(self, systems: list, grid: TimeGrid, uncertainty: str = "none") -> Prediction:
        self.batches.append(len(systems))
        return Prediction(tuple(simulate(s, grid, "exact", ("m",)) for s in systems), ())


class WithJacobian(Differentiable):
    def signal_and_jacobian(self, system: SpinSystem, grid: TimeGrid) -> tuple:
        parameters = all_of(system)
        m, rows = ExactModel().value_and_jacobian(parameters, parameters.of(system), grid)
        by_coupling = np.zeros((len(system), len(system), grid.points), complex)
        for row, ((i, j),) in zip(rows[len(system) :], parameters.couplings, strict=True):
            by_coupling[i, j] = row
        return m, rows[: len(system)], by_coupling


def test_surrogates_are_requested_in_one_batch_or_for_their_own_jacobian() -> None:
    system = topology("ring", 4, np.random.default_rng(4))
    parameters = Parameters(system, offsets=((0, 1),), couplings=(((0, 1), (1, 2)), ((0, 3),)))
    theta = parameters.of(system)
    exact = ExactModel().value_and_jacobian(parameters, theta, STANDARD_GRID)
    plain, own = Differentiable(), WithJacobian()
    by_difference = SurrogateModel(plain).value_and_jacobian(parameters, theta, STANDARD_GRID)
    assert plain.batches == [1 + 2 * len(theta)]
    np.testing.assert_allclose(by_difference[1], exact[1], atol=2e-5 * np.abs(exact[1]).max())
    # The template of the parameters sets shared values; at θ both see one system.
    by_own = SurrogateModel(own).value_and_jacobian(parameters, theta, STANDARD_GRID)
    np.testing.assert_allclose(by_own[0], exact[0], atol=1e-12)
    np.testing.assert_allclose(by_own[1], exact[1], atol=1e-10)
    assert own.batches == []
    np.testing.assert_allclose(SurrogateModel(own).value(parameters, theta, STANDARD_GRID), exact[0], atol=1e-12)


@pytest.mark.parametrize(
    ("model", "frames", "step_hz", "tolerance"),
    [
        ("mlp", "none", 0.05, 2e-3),
        ("mlp", "spins", 2.0, 5e-3),
        ("fno-general", "spins", 0.05, 5e-3),
        # Untrained Fourier layers change little with θ: single precision wants wide steps, which truncate.
        ("fno", "none", 4.0, 5e-2),
        ("fno-general", "pairs", 0.2, 2e-2),
    ],
)
def test_networks_by_torch_func_against_differences(model: str, frames: str, step_hz: float, tolerance: float) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from importlib import import_module

    from harness.tasks.spins.inverse.network_model import NetworkModel
    from harness.tasks.spins.surrogates.domain import Domain
    from harness.tasks.spins.surrogates.grid_surrogate import GridSurrogate, Member

    torch.manual_seed(0)
    network = import_module(f"harness.surrogates.{model.replace('-', '_')}").trainable({"spins": 4, "frames": frames})
    network.module.eval()
    domain = Domain(250.0, (5.0, 20.0), (2, 4), 3, 0.03)
    surrogate = GridSurrogate(model, [Member(network, domain, {})], general=model == "fno-general")
    system = topology("chain", 4, np.random.default_rng(0), uniform_coupling=True)
    parameters = all_of(system) if model == "fno-general" else one_coupling(system)
    theta = parameters.of(system)
    forward = NetworkModel(surrogate)
    assert forward.takes(STANDARD_GRID.prefix(100))
    assert not forward.takes(TimeGrid(300, 2e-4))
    m, jacobian = forward.value_and_jacobian(parameters, theta, STANDARD_GRID)
    again, differences = SurrogateModel(surrogate, step_hz).value_and_jacobian(parameters, theta, STANDARD_GRID)
    np.testing.assert_allclose(m, again, atol=1e-6)
    np.testing.assert_allclose(m, forward.value(parameters, theta, STANDARD_GRID), atol=1e-6)
    np.testing.assert_allclose(jacobian, differences, atol=tolerance * np.abs(differences).max())
