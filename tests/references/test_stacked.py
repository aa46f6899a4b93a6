"""Stacks of systems against a plain matrix exponential, on grids long enough for samples and for pieces."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.spins.references import stacked
from harness.tasks.spins.references.isotope_bookkeeping import ALL
from harness.tasks.spins.references.stacked import stacked_exact
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.sampling import Sampling

GRID = TimeGrid(160, 2e-4)
# Matrices of size 2^4 and phases up to 2π·3400·0.032 = 700, both sides rounded.
ROUNDING = 2e-12
ISOTOPES = {
    "protons": (["1H"] * 4, "1H"),
    "protons and carbons": (["1H", "13C", "1H", "13C"], "1H"),
    "carbon observed among three": (["1H", "13C", "13C", "15N"], "13C"),
}


def systems(name: str, width_hz: float, carrier_hz: float = 0.0) -> list[SpinSystem]:
    """Three systems with the same isotopes, of different graphs and offsets."""
    isotopes, observed = ISOTOPES[name]
    rng = np.random.default_rng(3)
    found = []
    for _ in range(3):
        couplings = np.triu(rng.uniform(-20, 20, (4, 4)) * (rng.random((4, 4)) < 0.7), 1)
        offsets = carrier_hz + rng.uniform(-width_hz, width_hz, 4)
        found.append(SpinSystem(offsets, couplings + couplings.T, isotopes=isotopes, observed=observed))
    return found


@pytest.fixture(params=[200, 7])
def in_pieces(request, monkeypatch) -> None:
    """All times at once, and a few at a time."""
    monkeypatch.setattr(stacked, "MOST_POINTS", request.param)


@pytest.mark.usefixtures("in_pieces")
@pytest.mark.parametrize("name", ISOTOPES)
@pytest.mark.parametrize(("width_hz", "carrier_hz"), [(100.0, 0.0), (100.0, 3000.0), (2000.0, 0.0)])
def test_agrees_with_kronecker_products(name, width_hz, carrier_hz, by_kron) -> None:
    several = systems(name, width_hz, carrier_hz)
    observed = several[0].observed_spins
    rows = [(b, k) for b in (2, 0) for k in (*observed, ALL)]
    rows_z = [(1, 3), (0, 0), (1, 1)]
    signals, polarisations = stacked_exact(several, GRID, rows, rows_z)
    expected = [by_kron(s, GRID.times_s) for s in several]
    for (b, k), signal in zip(rows, signals, strict=True):
        wanted = expected[b]["m"] if k == ALL else expected[b]["spin_signals"][observed.index(k)]
        np.testing.assert_allclose(signal, wanted, atol=ROUNDING, rtol=0, err_msg=f"spin {k} of system {b}")
    for (b, k), polarisation in zip(rows_z, polarisations, strict=True):
        wanted = by_kron(several[b].with_(tagged_spin=k), GRID.times_s)["i1z"]
        np.testing.assert_allclose(polarisation, wanted, atol=ROUNDING, rtol=0, err_msg=f"spin {k} of system {b}")


@pytest.mark.parametrize(("width_hz", "sampled"), [(100.0, True), (2000.0, False)])
def test_which_of_these_cases_are_sampled(width_hz, sampled, monkeypatch) -> None:
    used = []
    of = Sampling.of
    monkeypatch.setattr(Sampling, "of", lambda *requested: used.append(of(*requested)) or used[-1])
    stacked_exact(systems("protons", width_hz), GRID, [(0, ALL)], [])
    assert [s.every > 1 for s in used] == [sampled]


def test_m_of_all_in_order_is_m_of_each() -> None:
    several = systems("protons and carbons", 250.0)
    together, _ = stacked_exact(several, GRID, [(b, ALL) for b in range(3)], [])
    for system, m in zip(several, together, strict=True):
        alone, _ = stacked_exact([system], GRID, [(0, ALL)], [])
        # Stacks are sampled for the widest spectrum among them.
        np.testing.assert_allclose(m, alone[0], atol=ROUNDING, rtol=0)


def test_memory_is_taken_and_given_back() -> None:
    buffers: list[np.ndarray] = []
    several = systems("protons", 100.0)
    first, _ = stacked_exact(several, GRID, [(0, ALL)], [], buffers)
    retained = buffers[0]
    second, _ = stacked_exact(several, GRID, [(0, ALL)], [], buffers)
    assert len(buffers) == 1
    assert buffers[0] is retained
    np.testing.assert_array_equal(first, second)


def test_nothing_requested() -> None:
    signals, polarisations = stacked_exact(systems("protons", 100.0), GRID, [], [])
    assert signals.shape == polarisations.shape == (0, GRID.points)


def test_refuses_different_isotopes() -> None:
    with pytest.raises(ValueError, match="same isotopes"):
        stacked_exact([*systems("protons", 1.0), *systems("protons and carbons", 1.0)], GRID, [(0, ALL)], [])
