"""Hardness: what strong coupling is in one number between 0 and 1."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.spins.systems import SpinSystem
from harness.tasks.spins.systems.hardness import hardness


def system(offsets: list[float], bonds: dict[tuple[int, int], float], **more) -> SpinSystem:
    couplings = np.zeros((len(offsets), len(offsets)))
    for (i, j), value in bonds.items():
        couplings[i, j] = couplings[j, i] = value
    return SpinSystem(offsets, couplings, **more)


def test_a_pair_has_the_mixing_of_its_bond_whatever_the_sign_of_its_coupling() -> None:
    for coupling in (7.0, -7.0):
        assert hardness(system([0.0, 21.0], {(0, 1): coupling})) == pytest.approx(7.0 / 28.0)


def test_every_spin_counts_by_its_strongest_bond() -> None:
    three = system([0.0, 9.0, 109.0], {(0, 1): 1.0, (1, 2): 25.0})
    assert hardness(three) == pytest.approx((0.1 + 0.2 + 0.2) / 3)


def test_bonds_inside_a_group_of_equivalent_spins_count_nothing() -> None:
    methyl = {(0, 1): -12.0, (0, 2): -12.0, (1, 2): -12.0, (0, 3): 7.0, (1, 3): 7.0, (2, 3): 7.0}
    assert hardness(system([5.0, 5.0, 5.0, 68.0], methyl)) == pytest.approx(0.1)
    assert hardness(system([5.0, 5.0, 5.0], {(0, 1): -12.0, (0, 2): -12.0, (1, 2): -12.0})) == 0.0


def test_chemical_equivalence_without_magnetic_equivalence_is_the_hardest() -> None:
    couplings = {(0, 1): -12.0, (2, 3): -12.0, (0, 2): 6.0, (0, 3): 8.0, (1, 2): 8.0, (1, 3): 6.0}
    assert hardness(system([0.0, 0.0, 500.0, 500.0], couplings)) == 1.0


def test_couplings_to_another_isotope_are_weak_and_only_observed_spins_count() -> None:
    pair = system([0.0, 0.0], {(0, 1): 140.0}, isotopes=("1H", "13C"))
    assert hardness(pair) == 0.0
    three = system([0.0, 10.0, 10.0], {(0, 1): 10.0, (1, 2): 140.0}, isotopes=("1H", "1H", "13C"))
    assert hardness(three) == pytest.approx(0.5)


def test_field_makes_a_system_softer_and_names_of_spins_do_not_matter() -> None:
    low = system([0.0, 12.0, 40.0], {(0, 1): 7.0, (1, 2): -14.0})
    high = low.with_(offsets_hz=10 * low.offsets_hz)
    assert hardness(high) < hardness(low)
    assert hardness(low.relabelled([2, 0, 1])) == pytest.approx(hardness(low), rel=1e-15)
