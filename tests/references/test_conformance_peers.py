"""Measured molecules against programs that no one here wrote, where they are installed (extra ``peers``)."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.spins.references import reference
from harness.tasks.spins.systems import SpinSystem, TimeGrid, load_molecule
from tests.peers import predicted

GRID = TimeGrid(150, 4e-4)
MOLECULES = ("alanine", "valine", "gaba", "2-ketobutyrate")


def molecule(name: str) -> SpinSystem:
    return load_molecule(name, "gissmo").at(14.1)


def difference(program: str, system: SpinSystem, **options) -> float:
    """Largest difference between exact and a program in M."""
    ours = reference("exact").simulate(system, GRID, ("m",)).m
    return float(np.max(np.abs(ours - predicted(program, system, GRID, **options).m)))


@pytest.mark.parametrize("name", MOLECULES)
@pytest.mark.parametrize(
    ("program", "options", "tolerance"),
    [
        ("qutip", {}, 1e-10),
        # Lines weaker than its cutoff are dropped: up to 2^(N-1)·N·2^N of them, each at most the cutoff.
        ("nmrsim", {"cutoff": 1e-14}, 1e-9),
    ],
)
def test_exact_agrees_with_other_programs(program, options, tolerance, name) -> None:
    assert difference(program, molecule(name), **options) < tolerance


@pytest.mark.parametrize("propagation", ["action", "steps"])
@pytest.mark.parametrize("name", ["alanine", "2-ketobutyrate"])
def test_exact_agrees_with_spinguin_in_a_complete_basis(name, propagation) -> None:
    """The complete bases of GABA and valine take from ten seconds to a minute there, and add nothing."""
    assert difference("spinguin", molecule(name), max_spin_order="complete", propagation=propagation) < 1e-9


def test_spinguin_truncated_converges_with_spin_order() -> None:
    system = molecule("alanine")
    errors = [difference("spinguin", system, max_spin_order=order, propagation="steps") for order in (2, 3, 4)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-9


def test_qutip_integrators_reach_their_tolerance() -> None:
    assert 1e-12 < difference("qutip", molecule("alanine"), method="vern7", tolerance=1e-9) < 1e-6
