"""The kind and the hardness of a system, which bands and standard deviations depend on."""

import numpy as np
import pytest

from harness import SpinSystem, load_molecule
from harness.surrogates.conformal import parents
from harness.tasks.spins.surrogates.kinds import hardness, kind, mixing
from harness.tasks.spins.systems import chain, ring, star

WIDE = [0.0, 200.0, -150.0, 90.0, 30.0]


@pytest.mark.parametrize(
    ("system", "name"),
    [
        (chain(WIDE, 10.0), "chain 5 weak"),
        (chain(WIDE, 10.0).with_(tagged_spin=4), "chain 5 weak"),
        (chain(WIDE, 10.0).with_(tagged_spin=2), "inner-chain 5 weak"),
        (chain([0.0, 10.0, 20.0, 30.0, 5.0], 10.0), "chain 5 strong"),
        (ring(WIDE, 10.0), "ring 5 weak"),
        (star(WIDE, 10.0), "star 5 weak"),
        (star(WIDE, 10.0).with_(tagged_spin=1), "outer-star 5 weak"),
        (chain([100.0 * k for k in range(9)], 10.0), "chain 9+ weak"),
        (chain([100.0 * k for k in range(14)], 10.0), "chain 9+ weak"),
        (chain([0.0, 100.0, 10.0], 4.0), "other 3 weak"),
        (SpinSystem([5.0], [[0.0]]), "other 1 weak"),
        (SpinSystem([0.0] * 4, np.zeros((4, 4))), "other 4 weak"),
    ],
)
def test_kind(system, name):
    assert kind(system) == name


def test_a_tree_is_neither_chain_nor_star_and_two_pairs_are_not_connected():
    j = np.zeros((5, 5))
    for a, b in ((0, 1), (1, 2), (2, 3), (1, 4)):
        j[a, b] = j[b, a] = 10.0
    assert kind(SpinSystem(WIDE, j)) == "tree 5 weak"
    j[2, 3] = j[3, 2] = 0.0
    assert kind(SpinSystem(WIDE, j)) == "other 5 weak"
    triangle = np.zeros((4, 4))
    for a, b in ((0, 1), (1, 2), (2, 0)):
        triangle[a, b] = triangle[b, a] = 10.0
    assert kind(SpinSystem(WIDE[:4], triangle)) == "other 4 weak"
    assert kind(load_molecule("alanine").at(14.1)).startswith("other")


def test_the_order_of_the_spins_does_not_matter():
    system = chain(WIDE, [5.0, 8.0, 12.0, 17.0])
    for order in ([4, 3, 2, 1, 0], [2, 0, 1, 4, 3]):
        other = system.relabelled(order)
        assert kind(other) == kind(system)
        np.testing.assert_allclose(hardness(other), hardness(system), rtol=1e-12)


def test_mixing_is_one_for_equal_offsets_and_zero_between_isotopes():
    np.testing.assert_allclose(mixing(chain([0.0, 0.0], 5.0)), [[0, 1], [1, 0]])
    np.testing.assert_allclose(mixing(chain([0.0, 12.0], -5.0)), np.array([[0, 5], [5, 0]]) / 13)
    assert not mixing(SpinSystem([0.0, 0.0], [[0, 9], [9, 0]], isotopes=["1H", "13C"])).any()


def test_hardness_is_the_sum_over_neighbouring_bonds():
    system = chain([0.0, 12.0, 12.0 + 16.0], [5.0, 12.0])  # |J|/R: 5/13, 12/20
    whole, tagged = hardness(system)
    assert whole == pytest.approx(5 / 13 * 0.6)
    # Walks of three bonds from the first spin: there, back and there again; there, on and back.
    assert tagged == pytest.approx((5 / 13) ** 3 + 5 / 13 * 0.6**2)
    assert hardness(chain([0.0, 12.0], 5.0))[0] == pytest.approx(0)


def test_parents_drop_words_from_the_left():
    assert parents("chain 5 weak") == ["chain 5 weak", "5 weak", "weak", ""]
    assert parents("") == [""]
