"""Metrics, laws, faults and populations: what the common suites are given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

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


def _violations(subject: FaultySubject) -> dict[str, float | None]:
    known: dict[str, Trajectory] = {}

    def predict(systems: Any, grid: Any) -> list[Trajectory]:
        return [known.setdefault(one.fingerprint, subject.answer(one, grid)) for one in systems]

    return {law.target: law.violation(predict, PULSE, GRID) for law in LAWS}


@pytest.mark.parametrize("fault", [f for f in FAULTS if "pulse" in f.kinds], ids=lambda fault: fault.name)
def test_faults_are_seen_by_the_dipole_and_not_by_unitarity(fault: Fault) -> None:
    truth = RIGHT.answer(PULSE, GRID)
    error = METRICS["dipole"].of(FaultySubject(fault).answer(PULSE, GRID), truth, PULSE)
    found = _violations(FaultySubject(fault))
    assert all(found[name] < 1e-11 for name in UNITARY)
    if fault.harmless:
        assert error == 0
        assert found["work"] < 1e-4
        assert found["rotation"] < 1e-10
    else:
        assert error > 5e-3


def test_work_sees_a_wrong_fock_matrix() -> None:
    work = next(law for law in LAWS if law.target == "work")
    for fault in FAULTS[1:4]:
        answer = FaultySubject(fault).answer(PULSE, GRID)
        assert work.violation(lambda systems, grid, found=answer: [found], PULSE, GRID) > 1e-2


def test_a_kick_has_done_its_work() -> None:
    work = next(law for law in LAWS if law.target == "work")
    system = load_system("h2").under(Kick(1e-3))
    assert work.violation(lambda systems, grid: [RIGHT.answer(systems[0], grid)], system, GRID) is None


def test_laws_need_what_they_need() -> None:
    bare = Trajectory(GRID, Provenance("bare"), {"dipole": np.zeros((3, GRID.points))})
    for law in LAWS[:4]:
        assert law.violation(lambda systems, grid: [bare], PULSE, GRID) is None


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
