"""Three packages that others wrote say the same as the exact reference, signs, phases and normalisation included."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from harness.errors import InputError
from harness.references import simulate
from harness.spins import SpinSystem, TimeGrid, load_molecule
from harness.subjects import load_subject
from harness.subjects.peers import PEERS, installed_peers, peer, require_peer

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
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed (extra 'peers')")
    return request.param


@pytest.mark.filterwarnings("ignore")  # their warnings are theirs
@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_a_peer_agrees_with_exact(name: str, system: SpinSystem) -> None:
    other = peer(name)
    if name == "nmrsim" and len(set(system.isotopes)) > 1:
        with pytest.raises(InputError, match="knows only one"):
            other.simulate(system, GRID)
        return
    found = other.simulate(system, GRID, other.observables)
    exact = simulate(system, GRID)
    # Rounding of dense 2^N eigenvectors; nmrsim's lines are differences of numbers raised by kilohertz.
    assert np.max(np.abs(found.m - exact.m)) < 2e-12
    if "i1z" in other.observables:
        assert np.max(np.abs(found.i1z - exact.i1z)) < 2e-12
    assert found.mx[0] == pytest.approx(1, abs=1e-12)
    assert found.my[0] == pytest.approx(0, abs=1e-12)


@pytest.mark.filterwarnings("ignore")
def test_a_truncated_basis_is_said_and_is_as_good_as_stated() -> None:
    if importlib.util.find_spec("spinguin") is None:
        pytest.skip("spinguin is not installed (extra 'peers')")
    system = chain(7)
    found = peer("spinguin").simulate(system, TimeGrid(50, 6e-4))
    assert found.provenance.details == {"max_spin_order": 5, "complete": False}
    assert np.max(np.abs(found.m - simulate(system, TimeGrid(50, 6e-4)).m)) < 3e-5
    coarse = peer("spinguin", max_spin_order=2).simulate(system, TimeGrid(50, 6e-4))
    assert np.max(np.abs(coarse.m - simulate(system, TimeGrid(50, 6e-4)).m)) > 1e-3, "the option has an effect"


def test_what_a_peer_cannot_do_is_refused_by_name(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: 13 spins"):
        peer(name).simulate(chain(13), GRID)


@pytest.mark.filterwarnings("ignore")
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
    monkeypatch.setattr("harness.subjects.peers._version", lambda name: "")
    assert installed_peers() == ()
    with pytest.raises(InputError, match="pip install"):
        load_subject("spinguin")
