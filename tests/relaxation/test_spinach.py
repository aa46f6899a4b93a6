"""The relaxing methods against what Spinach said: small systems to 1e-8 of the start, strychnine in Spinach's bases."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from harness.tasks.spins.references import simulate
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.entry import Entry, from_bytes, to_bytes
from harness.tasks.spins.spinach.plan import relaxing
from harness.tasks.spins.spinach.relaxation_cases import ROLE, ROLE_MOLECULE, whole_bases
from harness.tasks.spins.spinach.request import SpinachOptions
from harness.tasks.spins.suites.relaxation.whole import in_basis
from harness.tasks.spins.systems import SpinSystem, Trajectory

LIMIT, COLD_LIMIT = 1e-8, 2e-8
"""Of the start of M and of I_1z. That of I_1z towards an equilibrium is the polarisation, 5e-5 of the state, in which
what Spinach's propagator drops counts 2e4 times (test_extended_precision.py)."""
PLAN = {item.case: item for item in relaxing()}
MADE = [case for case, item in PLAN.items() if item.role == ROLE and "5 spins" not in case]
LARGE = ["redfield 5 spins draw 1", "redfield 5 spins draw 2", "redfield 5 spins draw 4", "t1_t2 5 spins draw 8"]


@cache
def entry(case: str) -> Entry:
    request = PLAN[case].request
    found = SpinachCache.open([], packaged=True).find(request)
    assert found is not None, f"{case} is not in the packaged cache"
    return found


def furthest(system: SpinSystem, predicted: Trajectory, method: str = "liouville-dense") -> float:
    ours = simulate(system, predicted.grid, method)
    assert ours.i1z is not None
    assert predicted.i1z is not None
    return max(float(np.abs(ours.m - predicted.m).max()), float(np.abs(ours.i1z - predicted.i1z).max()))


@pytest.mark.parametrize("case", MADE + LARGE)
def test_dense_agrees_with_spinach(case: str) -> None:
    there = entry(case)
    assert there.system.relaxation is not None
    limit = COLD_LIMIT if there.system.relaxation.equilibrium == "dibari" else LIMIT
    assert furthest(there.system_used, there.trajectory()) < limit


@pytest.mark.parametrize("case", ["damp 4 spins draw 4", "t1_t2 3 spins draw 2", "redfield 4 spins draw 1"])
def test_a_change_of_the_relaxation_is_seen(case: str) -> None:
    """Negative control: rates 1 % higher, or a correlation time 1 % longer."""
    there = entry(case)
    system = there.system_used
    assert system.relaxation is not None
    changed = {
        name: 1.01 * value
        for name in ("damp_rate_per_s", "r1_per_s", "r2_per_s", "tau_c_s")
        if (value := getattr(system.relaxation, name)) is not None
    }
    wrong = system.with_(relaxation=replace(system.relaxation, **changed))
    assert furthest(wrong, there.trajectory()) > 1e4 * LIMIT


def test_equilibrium_forgotten_is_seen() -> None:
    there = entry("redfield 3 spins draw 4")
    assert there.system.relaxation is not None
    cold = there.system_used.with_(relaxation=replace(there.system.relaxation, equilibrium="zero", temperature_k=None))
    assert furthest(cold, there.trajectory()) > 0.1


@pytest.mark.parametrize("name", ["glycine", "alanine"])
@pytest.mark.parametrize("model", ["damp", "t1_t2", "redfield"])
@pytest.mark.parametrize("field_t", [9.4, 14.1])
def test_amino_acids_with_positions(name: str, model: str, field_t: float) -> None:
    there = entry(f"{name} {model} {field_t:g} T")
    assert there.role == ROLE_MOLECULE
    assert furthest(there.system_used, there.trajectory()) < LIMIT


@pytest.mark.parametrize("model", ["damp", "t1_t2"])
@pytest.mark.parametrize("field_t", [9.4, 14.1])
def test_valine_in_a_complete_basis(model: str, field_t: float) -> None:
    """Eight spins around one, 12,870 states of Spinach: a neighbourhood holds them all."""
    there = entry(f"valine {model} {field_t:g} T")
    assert not there.truncated
    ours = simulate(there.system_used, there.grid, "liouville-neighbourhoods", ("m",), estimate=False).m
    assert np.abs(ours - there.trajectory().m).max() < 1e-10


@pytest.mark.parametrize("case", whole_bases())
def test_strychnine_in_the_basis_of_spinach(case: str) -> None:
    """The same basis, its loss of relaxation included: 1e-5; Spinach integrates with a tolerance of 1e-4."""
    there = entry(case)
    predicted, ours = there.trajectory().m, in_basis(there.system_used, there.grid, there.request.options)
    assert np.linalg.norm(ours - predicted) < 1e-5 * np.linalg.norm(predicted)


def test_another_basis_is_seen() -> None:
    """Control: connected groups of four are not the basis IK-2, and the comparison sees the difference."""
    there = entry("strychnine redfield space level 1")
    groups = SpinachOptions("sphten-liouv", "IK-1", 4, space_level=2)
    other = in_basis(there.system_used, there.grid, groups)
    assert np.linalg.norm(other - there.trajectory().m) > 0.1 * np.linalg.norm(other)


def test_six_protons_of_strychnine_in_every_basis() -> None:
    """Spinach's complete basis agrees with the rates of the whole; its IK-2 loses 3 to 7 % of M, less at each level."""
    whole = entry("strychnine fragment redfield complete")
    predicted = whole.trajectory().m
    ours = simulate(whole.system_used, whole.grid, "liouville-neighbourhoods", ("m",), estimate=False).m
    assert np.linalg.norm(ours - predicted) < 1e-4 * np.linalg.norm(predicted)
    lost = [
        float(np.linalg.norm(entry(f"strychnine fragment redfield space level {level}").trajectory().m - predicted))
        for level in (1, 2, 3)
    ]
    assert lost[0] > lost[1] > lost[2] > 0.03 * np.linalg.norm(predicted)


def test_entries_hold_the_whole_relaxation() -> None:
    there = entry("redfield 3 spins draw 4")
    again = from_bytes(to_bytes(there), "again")
    assert again.request == there.request
    assert again.system.relaxation is not None
    assert again.system.relaxation.as_dict() == PLAN[there.case].request.system.relaxation.as_dict()  # type: ignore[union-attr]
    assert again.basis == "complete"
    assert entry("strychnine redfield space level 2").basis == "IK-2, space level 2"


@pytest.mark.spinach
@pytest.mark.parametrize("model", ["damp", "t1_t2", "redfield"])
def test_live_spinach_on_a_fresh_system(model: str) -> None:
    """A system that no cache holds, from a draw beyond those of the plan."""
    from harness.tasks.spins.references import reference
    from harness.tasks.spins.spinach import system_used
    from harness.tasks.spins.spinach.relaxation_cases import GRID, made

    system = made(model, 3, 100)
    predicted = reference("spinach", live=True).simulate(system, GRID.prefix(64))
    assert furthest(system_used(system, predicted), predicted) < LIMIT
