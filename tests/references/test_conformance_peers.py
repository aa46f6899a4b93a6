"""Measured molecules against two programs that no one here wrote, where they are installed (extra ``peers``)."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from harness.benchmark.peers import PEERS, peer
from harness.errors import InputError
from harness.references import reference
from harness.spins import SpinSystem, TimeGrid, load_molecule

GRID = TimeGrid(150, 4e-4)
MOLECULES = ("alanine", "valine", "gaba", "2-ketobutyrate")

# Third-party code warns about its own dependencies; that is not ours to fail on.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")


def needs(name: str) -> None:
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed (pip install 'spin-harness[peers]')")


def molecule(name: str) -> SpinSystem:
    return load_molecule(name, "gissmo").at(14.1)


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
    needs(program)
    system = molecule(name)
    ours = reference("exact").simulate(system, GRID, ("m",)).m
    theirs = peer(program, **options).simulate(system, GRID, ("m",)).m
    assert np.max(np.abs(ours - theirs)) < tolerance


@pytest.mark.parametrize("name", ["alanine", "2-ketobutyrate"])
def test_exact_agrees_with_spinguin_in_a_complete_basis(name) -> None:
    """The complete bases of GABA and valine take from ten seconds to a minute there, and add nothing."""
    needs("spinguin")
    system = molecule(name)
    ours = reference("exact").simulate(system, GRID, ("m",)).m
    theirs = peer("spinguin", max_spin_order=None).simulate(system, GRID, ("m",)).m
    assert np.max(np.abs(ours - theirs)) < 1e-9


def test_spinguin_truncated_converges_with_spin_order() -> None:
    needs("spinguin")
    system = molecule("alanine")
    ours = reference("exact").simulate(system, GRID, ("m",)).m
    errors = [
        np.max(np.abs(peer("spinguin", max_spin_order=order).simulate(system, GRID, ("m",)).m - ours))
        for order in (2, 3, 4)
    ]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-9


def test_qutip_integrators_reach_their_tolerance() -> None:
    needs("qutip")
    system = molecule("alanine")
    ours = reference("exact").simulate(system, GRID, ("m",)).m
    theirs = peer("qutip", method="vern7", tolerance=1e-9).simulate(system, GRID, ("m",)).m
    assert np.max(np.abs(ours - theirs)) < 1e-6


def test_unknown_peers_and_two_isotopes_are_refused() -> None:
    with pytest.raises(InputError, match="known: nmrsim, qutip, spinguin"):
        peer("gaussian")
    mixed = SpinSystem([1.0, 2.0], np.zeros((2, 2)), isotopes=["1H", "13C"])
    for name in PEERS:
        if find_spec(name):
            with pytest.raises(InputError, match="one isotope"):
                peer(name).simulate(mixed, GRID)
