"""Apparent moves of lines and splittings: a known change of a parameter comes back, in Hz."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.spins.references import reference
from harness.tasks.spins.suites.spinach.lines import apparent_moves
from harness.tasks.spins.systems import STANDARD_GRID, load_molecule


@pytest.fixture(scope="module")
def alanine():
    molecule = load_molecule("alanine")
    return molecule, molecule.at(9.4, 2.6)


def m_of(system) -> np.ndarray:
    return reference("exact").simulate(system, STANDARD_GRID, ("m",)).m


def test_a_moved_group_is_found_with_its_sign(alanine) -> None:
    molecule, system = alanine
    groups = list(molecule.groups)
    name = groups[-1]
    offsets = np.array(system.offsets_hz)
    offsets[[g == name for g in groups]] += 0.02
    moves = apparent_moves(system, STANDARD_GRID, groups, m_of(system.with_(offsets_hz=offsets)) - m_of(system))
    assert moves.offsets_hz[name] == pytest.approx(0.02, rel=0.01)
    assert moves.worst_offset()[0] == name
    assert all(abs(value) < 1e-3 for key, value in moves.offsets_hz.items() if key != name)
    assert moves.worst_coupling()[1] < 1e-3


def test_a_changed_coupling_is_found(alanine) -> None:
    molecule, system = alanine
    groups = np.array(molecule.groups)
    between = (groups[:, None] != groups[None, :]) & (system.couplings_hz != 0)
    changed = system.with_(couplings_hz=system.couplings_hz + 0.03 * between)
    moves = apparent_moves(system, STANDARD_GRID, list(groups), m_of(changed) - m_of(system))
    assert moves.worst_coupling()[1] == pytest.approx(0.03, rel=0.02)
    assert moves.worst_offset()[1] < 1e-3


def test_no_deviation_moves_nothing(alanine) -> None:
    molecule, system = alanine
    moves = apparent_moves(system, STANDARD_GRID, list(molecule.groups), np.zeros(300, complex))
    assert moves.worst_offset()[1] == moves.worst_coupling()[1] == 0


def test_what_m_does_not_show_does_not_move() -> None:
    """The carbon's offset of labelled glycine is invisible in the protons' M."""
    molecule = load_molecule("glycine-13c")
    system = molecule.at(9.4, {"1H": 3.5})
    groups = list(molecule.groups)
    rng = np.random.default_rng(1)
    delta = 1e-4 * (rng.normal(size=300) + 1j * rng.normal(size=300))
    carbon = next(g for g, isotope in zip(groups, molecule.isotopes, strict=True) if isotope == "13C")
    assert abs(apparent_moves(system, STANDARD_GRID, groups, delta).offsets_hz[carbon]) < 1e-6
