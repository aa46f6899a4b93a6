"""Sixty systems of the library: which ones, and that the package holds what Spinach said of each."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from harness.resources import shared_folder
from harness.tasks.spins.spinach import MoleculeRequest
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.library_cases import COUNTS, FIELDS_T, ROLE, chosen, requests
from harness.tasks.spins.spinach.plan import Planned, full_plan, select
from harness.tasks.spins.systems.equivalence import equivalent_groups
from harness.tasks.spins.systems.gissmo import library
from harness.tasks.spins.systems.hardness import hardness


@pytest.fixture(scope="module")
def plan() -> list[Planned]:
    return select(full_plan(), [ROLE])


def test_there_are_sixty_different_ones_by_size() -> None:
    assert Counter(len(entry) for entry, _ in chosen()) == COUNTS
    assert sum(COUNTS.values()) == 60
    assert len({entry.key for entry, _ in chosen()}) == 60
    assert len({(entry.shifts_ppm, entry.couplings_hz) for entry, _ in chosen()}) == 60


def test_both_fields_see_soft_and_hard_systems_negative_couplings_and_chemical_equivalence() -> None:
    head = library().head
    for field_t in FIELDS_T:
        mine = [entry for entry, at in chosen() if at == field_t]
        systems = [entry.molecule(head).at(field_t) for entry in mine]
        values = [hardness(system) for system in systems]
        assert len(mine) == 30
        assert 0 < min(values) < 0.02
        assert max(values) == 1.0
        assert sum(value > 0.5 for value in values) >= 10
        assert sum(any(j < 0 for *_, j in entry.couplings_hz) for entry in mine) >= 20
        assert sum(map(_has_chemical_equivalence, systems)) >= 5


def _has_chemical_equivalence(system) -> bool:
    """Spins of one offset that are not magnetically equivalent, as in AA'XX'."""
    offsets = [system.offsets_hz[group[0]] for group in equivalent_groups(system)]
    return len(set(offsets)) < len(offsets)


def test_the_softest_and_the_hardest_of_a_size_are_chosen() -> None:
    """By looking through all connected systems of five spins again."""
    head = library().head
    systems = [entry.molecule(head).at(FIELDS_T[0]) for entry in library().systems.values() if len(entry) == 5]
    every = [hardness(system) for system in systems if len(system.components()) == 1]
    mine = [hardness(entry.molecule(head).at(FIELDS_T[0])) for entry, _ in chosen() if len(entry) == 5]
    assert mine == sorted(mine)
    assert (mine[0], mine[-1]) == (min(value for value in every if value > 0), max(every))


def test_spinach_is_given_the_molecule_and_a_complete_basis(plan: list[Planned]) -> None:
    assert len(plan) == 60
    assert [item.case for item in plan] == [case for case, _, _ in requests()]
    for item in plan:
        assert isinstance(item.request, MoleculeRequest)
        assert not item.request.options.truncated
        assert item.request.options.magnet_t == item.parameters["field_t"]
        assert item.request.observables == ("m", "i1z")


def test_the_package_holds_every_answer_with_its_provenance(plan: list[Planned]) -> None:
    packaged = SpinachCache((shared_folder("spinach_cache"),))
    for item in plan:
        entry = packaged.find(item.request)
        assert entry is not None, item.case
        assert (entry.role, entry.case, entry.parameters["entry"]) == (ROLE, item.case, item.parameters["entry"])
        assert entry.details["spinach_modified"] == []
        assert entry.wall_s > 0
        assert np.isfinite(entry.answer.m).all()
        assert np.isfinite(entry.answer.i1z).all()


def test_the_added_entries_are_small() -> None:
    packaged = SpinachCache((shared_folder("spinach_cache"),))
    files = [entry.path for entry in packaged.entries(ROLE)]
    assert len(files) == 60
    assert sum(path.stat().st_size for path in files if path is not None) < 4e6
