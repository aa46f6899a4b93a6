"""SpinSystem: what it refuses and in which words, immutability, hashing, equivalence, relabelling."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import SpinSystem
from harness.errors import InputError
from harness.tasks.spins.systems.isotopes import ISOTOPES, gyromagnetic_ratio, larmor_hz


def pair(**changes: object) -> SpinSystem:
    values: dict = {"offsets_hz": [10.0, -35.0], "couplings_hz": [[0, 7.2], [7.2, 0]]}
    return SpinSystem(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"offsets_hz": []}, ["offsets_hz", "(0,)", "at least one spin"]),
        ({"offsets_hz": [[1.0, 2.0]]}, ["offsets_hz", "(1, 2)"]),
        ({"offsets_hz": [1.0]}, ["couplings_hz", "(2, 2)", "(1, 1)", "1 offsets"]),
        ({"offsets_hz": [1.0, np.inf]}, ["offsets_hz[1] = inf", "finite"]),
        ({"offsets_hz": [1.0, 2j]}, ["offsets_hz", "complex"]),
        ({"offsets_hz": ["a", "b"]}, ["offsets_hz", "rectangular array of numbers"]),
        ({"couplings_hz": [[0, 1], [1]]}, ["couplings_hz", "row 1 has 1 numbers where row 0 has 2"]),
        ({"couplings_hz": [[0, np.nan], [np.nan, 0]]}, ["couplings_hz[0, 1] = nan", "finite"]),
        ({"couplings_hz": [[0, 7], [8, 0]]}, ["couplings_hz[0, 1] = 7", "[1, 0] = 8", "symmetric"]),
        ({"couplings_hz": [[0, 7], [7, 2]]}, ["couplings_hz[1, 1] = 2", "diagonal must be zero"]),
        ({"labels": ["A"]}, ["labels", "1 given, 2"]),
        ({"labels": ["A", ""]}, ["labels", "non-empty"]),
        ({"labels": ["A", "A"]}, ["'A'", "twice"]),
        ({"isotopes": ["1H"]}, ["isotopes", "1 given, 2"]),
        ({"isotopes": ["1H", "2H"]}, ["'2H'", "13C"]),
        ({"observed": "13C"}, ["'13C'", "no spin has it", "1H"]),
        ({"tagged_spin": 2}, ["tagged_spin = 2", "0 to 1"]),
        ({"tagged_spin": -1}, ["tagged_spin = -1"]),
        ({"tagged_spin": True}, ["tagged_spin = True"]),
    ],
)
def test_refusals(changes: dict, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        pair(**changes)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_defaults() -> None:
    system = pair()
    assert system.labels == ("S1", "S2")
    assert system.isotopes == ("1H", "1H")
    assert (system.observed, system.tagged_spin, len(system)) == ("1H", 0, 2)
    assert system.observed_spins == (0, 1)
    assert SpinSystem([5.0], 0.0).couplings_hz.shape == (1, 1)


def test_arrays_are_copies_and_read_only() -> None:
    offsets = np.array([10.0, -35.0])
    system = pair(offsets_hz=offsets)
    offsets[0] = 99
    assert system.offsets_hz[0] == 10
    with pytest.raises(ValueError, match="read-only"):
        system.offsets_hz[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        system.couplings_hz[0, 1] = 1
    with pytest.raises(AttributeError):
        system.offsets_hz = offsets  # type: ignore[misc]
    again = pickle.loads(pickle.dumps(system))
    assert again == system
    assert not again.offsets_hz.flags.writeable


def test_equal_systems_hash_equal_and_the_name_does_not_count() -> None:
    assert pair(name="a") == pair(name="b")
    assert hash(pair(name="a")) == hash(pair(name="b"))
    assert pair(offsets_hz=[10.0, 0.0]) == pair(offsets_hz=[10.0, -0.0])
    assert pair() != "pair"


@pytest.mark.parametrize(
    "changes",
    [
        {"offsets_hz": [10.0, np.nextafter(-35.0, 0)]},
        {"couplings_hz": [[0, 7.3], [7.3, 0]]},
        {"labels": ["S1", "S3"]},
        {"isotopes": ["1H", "13C"]},
        {"tagged_spin": 1},
    ],
)
def test_whatever_physics_depends_on_counts(changes: dict) -> None:
    assert pair(**changes) != pair()
    assert pair(**changes).fingerprint != pair().fingerprint


def test_labels_cannot_run_into_each_other() -> None:
    one = pair(labels=["A", "B"], isotopes=["1H", "1H"])
    other = pair(labels=["A\0B", "1H"], isotopes=["1H", "1H"])
    assert one.fingerprint != other.fingerprint


def test_equivalent_groups() -> None:
    couplings = np.zeros((5, 5))
    couplings[0, 1:4] = couplings[1:4, 0] = 7.0
    couplings[0, 4] = couplings[4, 0] = 3.0
    offsets = [100.0, 5.0, 5.0, 5.0, 5.0]
    assert SpinSystem(offsets, couplings).equivalent_groups() == [(0,), (1, 2, 3), (4,)]
    # Couplings inside the methyl group, even unequal ones, do not matter.
    couplings[1, 2] = couplings[2, 1] = -12.0
    assert SpinSystem(offsets, couplings).equivalent_groups() == [(0,), (1, 2, 3), (4,)]
    # A coupling of one member to a spin outside does: the member leaves, and its coupling to the others is outside now.
    couplings[1, 4] = couplings[4, 1] = 1.0
    assert SpinSystem(offsets, couplings).equivalent_groups() == [(0,), (1,), (2,), (3,), (4,)]
    couplings[1, 2] = couplings[2, 1] = 0.0
    assert SpinSystem(offsets, couplings).equivalent_groups() == [(0,), (1,), (2, 3), (4,)]
    carbon = ["1H", "1H", "1H", "13C", "1H"]
    couplings[1, 4] = couplings[4, 1] = 0.0
    assert SpinSystem(offsets, couplings, isotopes=carbon).equivalent_groups() == [(0,), (1, 2), (3,), (4,)]


def test_equivalence_splits_until_nothing_changes() -> None:
    """AA'XX': equal shifts, but J(AX) differs from J(AX'): no two of them are magnetically equivalent."""
    couplings = np.zeros((4, 4))
    for (i, j), value in {(0, 2): 8.0, (1, 3): 8.0, (0, 3): 2.0, (1, 2): 2.0}.items():
        couplings[i, j] = couplings[j, i] = value
    assert SpinSystem([50.0, 50.0, -50.0, -50.0], couplings).equivalent_groups() == [(0,), (1,), (2,), (3,)]


def test_components() -> None:
    couplings = np.zeros((4, 4))
    couplings[0, 2] = couplings[2, 0] = 7.0
    assert SpinSystem([1, 2, 3, 4], couplings).components() == [(0, 2), (1,), (3,)]


systems = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(-500, 500), min_size=n, max_size=n),
        st.lists(st.floats(-20, 20), min_size=n * (n - 1) // 2, max_size=n * (n - 1) // 2),
        st.permutations(range(n)),
        st.integers(0, n - 1),
    )
)


def built(offsets: list[float], couplings: list[float], tagged: int) -> SpinSystem:
    matrix = np.zeros((len(offsets), len(offsets)))
    matrix[np.triu_indices(len(offsets), 1)] = couplings
    return SpinSystem(offsets, matrix + matrix.T, tagged_spin=tagged)


@settings(max_examples=60, deadline=None)
@given(systems)
def test_relabelling_moves_everything_along(values: tuple) -> None:
    offsets, couplings, order, tagged = values
    system = built(offsets, couplings, tagged)
    moved = system.relabelled(order)
    back = moved.relabelled([order.index(k) for k in range(len(order))])
    assert back == system
    assert moved.labels[moved.tagged_spin] == system.labels[tagged]
    assert moved.labels == tuple(system.labels[k] for k in order)
    for a, i in enumerate(order):
        for b, j in enumerate(order):
            assert moved.couplings_hz[a, b] == system.couplings_hz[i, j]


@settings(max_examples=60, deadline=None)
@given(systems)
def test_groups_partition_the_spins(values: tuple) -> None:
    offsets, couplings, _, tagged = values
    system = built(np.round(offsets, -2).tolist(), np.round(couplings, -1).tolist(), tagged)
    groups = system.equivalent_groups()
    assert sorted(k for group in groups for k in group) == list(range(len(system)))
    for group in groups:
        outside = [m for m in range(len(system)) if m not in group]
        for k in group:
            assert abs(system.offsets_hz[k] - system.offsets_hz[group[0]]) <= 1e-2
            np.testing.assert_allclose(
                system.couplings_hz[k, outside], system.couplings_hz[group[0], outside], atol=1e-2
            )


def test_order_must_be_a_permutation() -> None:
    with pytest.raises(InputError, match=r"permutation of 0 … 1"):
        pair().relabelled([0, 0])


def test_subsystem_keeps_the_tag_where_it_can() -> None:
    system = SpinSystem([1, 2, 3], np.zeros((3, 3)), labels="ABC", tagged_spin=2, isotopes=["13C", "1H", "1H"])
    assert system.subsystem([2, 1]).tagged_spin == 0
    assert system.subsystem([1]).tagged_spin == 0
    assert system.subsystem([1]).observed == "1H"
    assert system.subsystem([0, 1]).observed == "13C"


def test_larmor_frequencies() -> None:
    assert larmor_hz("1H", 14.1) == pytest.approx(600.3424471e6, rel=1e-9)
    # The ratio of two Larmor frequencies in one magnet is the IUPAC frequency ratio.
    assert larmor_hz("13C", 1.0) / larmor_hz("1H", 1.0) == pytest.approx(0.25145020, rel=1e-12)
    assert gyromagnetic_ratio("15N") < 0 < gyromagnetic_ratio("13C")
    assert all(larmor_hz(isotope, 1.0) > 0 for isotope in ISOTOPES)
