"""The relaxing methods against one another: three ways to the same numbers, and what each refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness import load_surrogate
from harness.errors import InputError
from harness.tasks.spins.references import liouville_neighbourhoods, reference, simulate
from harness.tasks.spins.spinach.relaxation_cases import GRID, fragment, made, whole_molecule
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.relaxation import Relaxation
from tests.relaxation.made import dipolar_pair

ALL = ("m", "i1z", "spin_signals", "spin_polarisations")
MODELS = ("damp", "t1_t2", "redfield")


def furthest(one, other) -> float:
    return max(float(np.abs(getattr(one, name) - getattr(other, name)).max()) for name in ALL)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("size", "draw"), [(2, 0), (2, 2), (3, 1), (4, 2), (3, 3), (4, 9)])
def test_sparse_matrix_and_arnoldi_agree_with_the_dense_matrix(model: str, size: int, draw: int) -> None:
    """Within 2πJτ of the rates, which is what couplings in the spectral densities amount to.

    Draw 2 of two spins tumbles with 2 ns: rates that are a tenth of the precession, at the edge of its interval, where
    Chebyshev polynomials grow fastest.
    """
    system = made(model, size, draw)
    dense = simulate(system, GRID, "liouville-dense", ALL)
    assert furthest(simulate(system, GRID, "liouville-krylov", ALL), dense) < 1e-8
    assert furthest(simulate(system, GRID, "liouville-neighbourhoods", ALL), dense) < 1e-8


def test_relabelling_permutes_the_signals() -> None:
    system = made("redfield", 4, 0)
    order = [2, 0, 3, 1]
    one = simulate(system, GRID, "liouville-dense", ALL)
    other = simulate(system.relabelled(order), GRID, "liouville-dense", ALL)
    assert np.abs(one.m - other.m).max() < 1e-12
    assert one.spin_signals is not None
    assert other.spin_signals is not None
    assert np.abs(one.spin_signals[order] - other.spin_signals).max() < 1e-12


def test_neighbourhoods_converge_to_the_dense_answer() -> None:
    """Five coupled protons of strychnine: the error estimate bounds the error of groups of 4, and all states, which
    small parts get, leave none."""
    system, grid = fragment().subsystem([1, 2, 3, 4, 5]), TimeGrid(512, 1 / 6500)
    exact = simulate(system, grid, "liouville-dense", ("m",)).m
    found = simulate(system, grid, "liouville-neighbourhoods", ("m",), complete=0)
    error = np.linalg.norm(found.m - exact) / np.linalg.norm(exact)
    assert 1e-9 < error < found.provenance.details["error_estimate"] < 1e-3
    whole = simulate(system, grid, "liouville-neighbourhoods", ("m",))
    assert np.linalg.norm(whole.m - exact) / np.linalg.norm(exact) < 1e-10
    assert whole.provenance.details["error_estimate"] == 0.0


def uncoupled(system: SpinSystem, times: int) -> SpinSystem:
    """``times`` copies of a system that relaxes with the model "t1_t2", without couplings between them."""
    assert system.relaxation is not None
    rates = {name: np.tile(getattr(system.relaxation, name), times) for name in ("r1_per_s", "r2_per_s")}
    couplings = np.kron(np.eye(times), system.couplings_hz)
    return SpinSystem(np.tile(system.offsets_hz, times), couplings, relaxation=replace(system.relaxation, **rates))


def test_uncoupled_parts_with_rates_of_single_spins_are_solved_one_by_one() -> None:
    """Forty spins in parts of five: the signals of every part are those of the part alone, and no state is missing."""
    part = made("t1_t2", 5, 0)
    alone = simulate(part, GRID, "liouville-dense", ALL)
    found = simulate(uncoupled(part, 8), GRID, "liouville-neighbourhoods", ALL)
    assert np.abs(found.m - alone.m).max() < 1e-11
    assert np.abs(found.spin_signals - np.tile(alone.spin_signals, (8, 1))).max() < 1e-11
    assert np.abs(found.spin_polarisations[:5] - alone.spin_polarisations).max() < 1e-8
    assert found.provenance.details["states"] == 8 * 210


def test_one_part_of_many_spins_is_refused() -> None:
    """Redfield rates are those of pairs of the whole molecule, which is therefore never cut into parts."""
    many = uncoupled(made("t1_t2", 2, 0), 17)
    assert many.relaxation is not None
    joined = np.diag(np.full(33, 7.0), 1)
    with pytest.raises(InputError, match="34 spins of one connected part; it takes at most 31"):
        simulate(many.with_(couplings_hz=joined + joined.T), GRID, "liouville-neighbourhoods")
    apart = 3.0 * np.arange(34)[:, None] * np.array([1.0, 0.0, 0.0])
    dipolar = Relaxation("redfield", positions_angstrom=apart, tau_c_s=1e-10, field_t=14.1)
    with pytest.raises(InputError, match="34 spins; it takes at most 31"):
        simulate(many.with_(relaxation=dipolar), GRID, "liouville-neighbourhoods")


def test_few_and_many_states_go_through_two_propagators_with_one_result(monkeypatch: pytest.MonkeyPatch) -> None:
    system = made("redfield", 4, 0)
    few = simulate(system, GRID, "liouville-neighbourhoods", ("m",)).m
    monkeypatch.setattr(liouville_neighbourhoods, "DENSE_STATES", 0)
    assert np.abs(simulate(system, GRID, "liouville-neighbourhoods", ("m",)).m - few).max() < 1e-11


def test_rates_of_a_truncated_basis_lose_relaxation() -> None:
    """What leaves the basis is lost: every rate is smaller than that of the whole molecule, some by half."""
    system, grid = whole_molecule(), TimeGrid(256, 1 / 6500)
    lost = simulate(system, grid, "liouville-neighbourhoods", ("m",), rates="basis", estimate=False).m
    retained = simulate(system, grid, "liouville-neighbourhoods", ("m",), estimate=False).m
    assert np.linalg.norm(lost - retained) > 0.003 * np.linalg.norm(retained)


@pytest.mark.parametrize(
    "method", ["exact", "dense", "krylov", "chebyshev", "cluster", "pair-product", "rk4", "octave"]
)
def test_methods_without_relaxation_refuse_it(method: str) -> None:
    with pytest.raises(InputError, match=f"{method}.* knows no relaxation"):
        simulate(dipolar_pair(), TimeGrid(10, 1e-3), method)


@pytest.mark.parametrize("name", ["spin-graph", "fno-general"])
def test_surrogates_refuse_relaxation(name: str) -> None:
    with pytest.raises(InputError, match="knows no relaxation"):
        load_surrogate(name).predict([dipolar_pair()], TimeGrid(300, 1e-4))


@pytest.mark.parametrize("method", ["liouville-dense", "liouville-krylov", "liouville-neighbourhoods"])
def test_relaxing_methods_refuse_systems_that_do_not_relax(method: str) -> None:
    with pytest.raises(InputError, match="takes systems that relax"):
        reference(method).simulate(SpinSystem([0.0], [[0.0]]), TimeGrid(10, 1e-3))


def test_labframe_is_for_the_dense_method() -> None:
    pair = dipolar_pair(rlx_keep="labframe")
    for method in ("liouville-krylov", "liouville-neighbourhoods"):
        with pytest.raises(InputError, match="labframe"):
            simulate(pair, TimeGrid(10, 1e-3), method)
    assert abs(simulate(pair, TimeGrid(10, 1e-3), "liouville-dense").m[-1]) < 1


def test_too_many_spins_name_what_takes_them() -> None:
    whole = whole_molecule()
    with pytest.raises(InputError, match=r"at most 6.*liouville-krylov"):
        simulate(whole, TimeGrid(10, 1e-4), "liouville-dense")
    with pytest.raises(InputError, match=r"at most 8.*liouville-neighbourhoods"):
        simulate(whole, TimeGrid(10, 1e-4), "liouville-krylov")


def test_a_step_that_is_too_long_is_refused_in_one_line() -> None:
    system = fragment().with_(relaxation=Relaxation("damp", damp_rate_per_s=1.0))
    with pytest.raises(InputError, match="too long a step"):
        reference("liouville-krylov").simulate(system, TimeGrid(3, 10.0))


def test_rate_doubled_is_seen() -> None:
    """Negative control of every comparison here."""
    system = made("t1_t2", 3, 0)
    assert system.relaxation is not None
    assert system.relaxation.r2_per_s is not None
    faster = replace(system.relaxation, r2_per_s=2 * system.relaxation.r2_per_s)
    one, other = (simulate(s, GRID, "liouville-dense", ALL) for s in (system, system.with_(relaxation=faster)))
    assert furthest(one, other) > 1e-2
