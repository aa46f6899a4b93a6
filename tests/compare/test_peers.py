"""Three packages that others wrote say the same as the exact reference, signs, phases and normalisation included."""

from __future__ import annotations

import numpy as np
import pytest

from harness.errors import InputError
from harness.subjects import load_subject
from harness.tasks.spins.peers import PEERS, installed_peers, require_peer, start_peer
from harness.tasks.spins.references import simulate
from harness.tasks.spins.systems import SpinSystem, TimeGrid, load_molecule
from tests.peers import answer, need, predicted

GRID = TimeGrid(120, 2.5e-4)


def chain(spins: int, seed: int = 1) -> SpinSystem:
    generator = np.random.default_rng(seed)
    bonds = np.diag(generator.uniform(5, 20, spins - 1), 1) if spins > 1 else np.zeros((1, 1))
    return SpinSystem(generator.uniform(-250, 250, spins), bonds + bonds.T, tagged_spin=spins // 2)


SYSTEMS = {
    "one spin": chain(1),
    "strong pair": SpinSystem([8.0, -3.0], [[0, 11.0], [11.0, 0]]),
    "negative coupling": SpinSystem([80.0, -30.0, 20.0], [[0, -11.0, 3], [-11.0, 0, 6], [3, 6, 0]], tagged_spin=2),
    "chain of 5": chain(5),
    "alanine": load_molecule("alanine").at(14.1, 2.6),
    "two isotopes": load_molecule("glycine-13c").at(14.1),
}


@pytest.fixture(params=PEERS)
def name(request: pytest.FixtureRequest) -> str:
    need(request.param)
    return request.param


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_a_peer_agrees_with_exact(name: str, system: SpinSystem) -> None:
    requested = answer(name, system, GRID)
    if name == "nmrsim" and len(set(system.isotopes)) > 1:
        assert "knows only one" in requested.refusal
        return
    found, exact = requested.trajectory, simulate(system, GRID)
    assert found is not None, requested.problem
    # Rounding of dense 2^N eigenvectors; nmrsim's lines are differences of numbers raised by kilohertz.
    assert np.max(np.abs(found.m - exact.m)) < 2e-12
    assert (found.i1z is None) == (name == "nmrsim")
    if found.i1z is not None:
        assert np.max(np.abs(found.i1z - exact.i1z)) < 2e-12
    assert found.mx[0] == pytest.approx(1, abs=1e-12)
    assert found.my[0] == pytest.approx(0, abs=1e-12)


def test_a_truncated_basis_is_stated_and_is_as_good_as_stated() -> None:
    system, grid = chain(7), TimeGrid(50, 6e-4)
    exact = simulate(system, grid).m
    found = predicted("spinguin", system, grid)
    assert found.provenance.details == {"max_spin_order": 5, "complete": False}
    assert np.max(np.abs(found.m - exact)) < 3e-5
    coarse = predicted("spinguin", system, grid, max_spin_order=2)
    assert np.max(np.abs(coarse.m - exact)) > 1e-3, "the option has an effect"


def test_a_peer_is_a_subject_under_a_limit(name: str) -> None:
    subject = load_subject(name, limit_s=60.0)
    try:
        answer = subject.answer(chain(3), GRID)
        refused = subject.answer(chain(13), GRID)
        again = subject.answer(chain(3), GRID)
    finally:
        subject.close()
    assert answer.problem == ""
    assert answer.trajectory is not None
    assert np.max(np.abs(answer.trajectory.m - simulate(chain(3), GRID).m)) < 2e-12
    assert refused.refusal.startswith(f"{name}: 13 spins")
    assert again.problem == "", "a refusal does not end the subject"
    assert subject.provenance["name"] == name
    assert subject.provenance["version"]


def test_unknown_and_missing_peers_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"'spinwhat' is unknown \(known: spinguin"):
        require_peer("spinwhat")
    monkeypatch.setattr("harness.tasks.spins.peers.Peer.version", "")
    assert installed_peers() == ()
    with pytest.raises(InputError, match="pip install"):
        load_subject("spinguin")


def test_an_unknown_option_of_a_peer_is_named() -> None:
    need("spinguin")
    with pytest.raises(InputError, match=r"propagation 'leaps' is unknown"):
        start_peer("spinguin", 60.0, propagation="leaps")
