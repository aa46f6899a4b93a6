"""What docs/conventions.md says of other programs, by asking them as their own users would."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from harness.tasks.spins.references import simulate
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory
from tests.compare.stock_peers import (
    CARRIER_PPM,
    COUPLING_HZ,
    FIELD_T,
    OFFSETS_HZ,
    QUTIP_COUPLING_HZ,
    SHIFTS_PPM,
)
from tests.peers import stock

GRID = TimeGrid(100, 2e-4)
MODULE = "tests.compare.stock_peers"


def pair(offsets_hz: np.ndarray, coupling_hz: float) -> SpinSystem:
    return SpinSystem(offsets_hz, [[0, coupling_hz], [coupling_hz, 0]])


def ours(coupling_hz: float = COUPLING_HZ) -> np.ndarray:
    gamma = 2.6752218708e8
    return simulate(pair((SHIFTS_PPM - CARRIER_PPM) * 1e-6 * gamma * FIELD_T / (2 * np.pi), coupling_hz), GRID).m


def theirs(peer: str, what: str, points: int = GRID.points, **options: Any) -> Trajectory:
    """What a peer tells when it is called without our driver."""
    return stock(peer, f"{MODULE}:{what}", pair(OFFSETS_HZ, 0.0), TimeGrid(points, GRID.dt_s), **options)


def test_spinguin_turns_the_other_way_and_its_sequence_gives_the_conjugate() -> None:
    frequencies = theirs("spinguin", "spinguin_frequencies", 2).mx
    assert frequencies is not None
    assert np.all(frequencies < 0), "positive ppm, negative frequency"
    fid = theirs("spinguin", "SpinguinSequence", couplings_hz=[[0, 0], [COUPLING_HZ, 0]]).m
    # The laboratory frame: 600 MHz of phase in double precision, and γ of another table in the seventh digit.
    assert np.max(np.abs(fid - ours().conj())) < 1e-5
    assert np.max(np.abs(fid - ours())) > 0.5


def test_spinguin_reads_the_lower_triangle_only() -> None:
    fid = theirs("spinguin", "SpinguinSequence", couplings_hz=[[0, COUPLING_HZ], [0, 0]]).m
    assert np.max(np.abs(fid - ours(0.0).conj())) < 1e-5


def test_qutip_as_written_is_ours() -> None:
    found = theirs("qutip", "qutip_equation").m
    assert np.max(np.abs(found - simulate(pair(OFFSETS_HZ, QUTIP_COUPLING_HZ), GRID).m)) < 1e-7


def test_nmrsim_has_no_sense_of_rotation_and_its_intensities_sum_to_the_spins() -> None:
    up, down = (theirs("nmrsim", "NmrsimLines", 4, frequencies_hz=f) for f in ([100.0, 150.0], [-100.0, -150.0]))
    assert up.mx is not None
    assert down.mx is not None
    assert np.allclose(np.sort(up.mx), np.sort(down.mx))
    assert np.sum(up.my) == pytest.approx(2.0)
