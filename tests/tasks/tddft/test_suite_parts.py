"""Metrics, laws, faults and populations: what the common suites are given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from harness.suites.conservation.laws import OfAnswer, Symmetry
from harness.tasks.tddft.faults import FAULTS, Fault, FaultySubject
from harness.tasks.tddft.fields import Kick, Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.laws import LAWS
from harness.tasks.tddft.metrics import METRICS
from harness.tasks.tddft.models.subject import Domain
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation
from harness.tasks.tddft.system_file import load_system
from harness.trajectory import Provenance, Trajectory

GRID = AtomicTimeGrid.until(24, 0.1)
PULSE = load_system("h2o").under(Pulse(0.02, 0.4336, (0, 1, 1)))
RIGHT = FaultySubject(FAULTS[0])
UNITARY = ("trace", "idempotency", "hermiticity")


def _violations(answer: Trajectory, system: Any = PULSE) -> dict[str, float | None]:
    """The largest violation of each law of one answer, None where it does not determine it."""
    found = {}
    for law in LAWS[:4]:
        assert isinstance(law, OfAnswer)
        deviation = law.deviation(answer, system)
        found[law.target] = None if deviation is None else float(np.abs(deviation).max())
    return found


@pytest.mark.parametrize("fault", [f for f in FAULTS if "pulse" in f.kinds], ids=lambda fault: fault.name)
def test_faults_are_seen_by_the_dipole_and_not_by_unitarity(fault: Fault) -> None:
    truth = RIGHT.answer(PULSE, GRID)
    answer = FaultySubject(fault).answer(PULSE, GRID)
    error = METRICS["dipole"].of(answer, truth, PULSE)
    found = _violations(answer)
    assert all(found[name] < 1e-11 for name in UNITARY)
    if fault.harmless:
        assert error == 0
        assert found["work"] < 1e-4
    else:
        assert error > 5e-3


def test_work_sees_a_wrong_fock_matrix() -> None:
    for fault in FAULTS[1:4]:
        assert _violations(FaultySubject(fault).answer(PULSE, GRID))["work"] > 1e-2


def test_a_kick_has_done_its_work() -> None:
    system = load_system("h2").under(Kick(1e-3))
    found = _violations(RIGHT.answer(system, GRID), system)
    assert found["work"] is None
    assert found["trace"] is not None


def test_rotation_follows_and_a_fixed_direction_does_not() -> None:
    law = LAWS[4]
    assert isinstance(law, Symmetry)
    system = load_system("lih").under(Pulse(0.02, 0.3, (0, 1, 2)))
    changed = law.change(system, np.random.default_rng(1))
    assert changed is not None
    plain, turned = (RIGHT.answer(one, GRID) for one in (system, changed.system))
    assert np.abs(changed.deviation(plain, turned)).max() < 1e-10
    assert np.abs(changed.deviation(plain, plain)).max() > 0.1


def test_laws_need_what_they_need() -> None:
    bare = Trajectory(GRID, Provenance("bare"), {"dipole": np.zeros((3, GRID.points))})
    assert set(_violations(bare).values()) == {None}


def test_peaks_are_compared_after_kicks() -> None:
    system = load_system("h2").under(Kick(1e-3))
    grid = AtomicTimeGrid.until(200, 0.2, rule="em")
    truth = RIGHT.answer(system, AtomicTimeGrid.until(200, 0.2))
    coarse = RIGHT.answer(system, grid)
    assert METRICS["peaks"].of(coarse, truth, system) == pytest.approx(19.3, abs=0.5)
    assert METRICS["peaks"].of(truth, truth, system) < 1e-6
    assert np.isnan(METRICS["peaks"].of(coarse, truth, PULSE))


def test_populations_depend_on_seed_and_index_alone() -> None:
    population = MolecularPopulation("x", "h2o", FieldRange("kick", (1e-3, 0.1)), GRID, flexible=True)
    five, three = population.draw(5, 7), population.draw(3, 7)
    assert five[:3] == three
    assert population.draw(3, 8) != three
    bonds = [np.linalg.norm(np.diff(one.positions_bohr[:2], axis=0)) for one in population.draw(50, 1)]
    assert min(bonds) >= 1.65
    assert max(bonds) <= 1.97


@pytest.mark.parametrize(
    ("domain", "inside"),
    [
        (Domain(), True),
        (Domain(("h2o",), ("hf",), ("6-31g",), 0.1), True),
        (Domain(("h2",)), False),
        (Domain((), ("lda",)), False),
        (Domain(strength_au=0.05), False),
        (Domain(flexible=False), False),
    ],
)
def test_populations_know_domains(domain: Domain, inside: bool) -> None:
    population = MolecularPopulation("x", "h2o", FieldRange("pulse", (0.01, 0.1)), GRID, flexible=True)
    assert population.within(domain) is inside
