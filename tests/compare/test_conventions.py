"""What docs/conventions.md says of other programs, by asking them as their own users would."""

from __future__ import annotations

import numpy as np
import pytest

from harness.references import simulate
from harness.spins import SpinSystem, TimeGrid

GRID = TimeGrid(100, 2e-4)
FIELD_T, CARRIER_PPM = 14.1, 2.0
SHIFTS_PPM, COUPLING_HZ = np.array([3.7, 1.5]), 7.2

pytestmark = pytest.mark.filterwarnings("ignore")  # their warnings are theirs


@pytest.fixture
def spinguin():
    sg = pytest.importorskip("spinguin", reason="spinguin is not installed (extra 'peers')")
    sg.parameters.default()
    sg.parameters._verbose = False
    sg.parameters.magnetic_field, sg.parameters.temperature = FIELD_T, 298.0
    yield sg
    sg.parameters.default()


def pair(sg, couplings):
    made = sg.SpinSystem(["1H", "1H"])
    made.chemical_shifts, made.J_couplings = SHIFTS_PPM, couplings
    made.basis.max_spin_order = 2
    made.basis.build()
    return made


def ours(coupling_hz: float = COUPLING_HZ) -> np.ndarray:
    gamma = 2.6752218708e8
    offsets = (SHIFTS_PPM - CARRIER_PPM) * 1e-6 * gamma * FIELD_T / (2 * np.pi)
    return simulate(SpinSystem(offsets, [[0, coupling_hz], [coupling_hz, 0]]), GRID).m


def stock_fid(sg, couplings) -> np.ndarray:
    from spinguin.sequences import pulse_and_acquire

    made = pair(sg, couplings)
    made.relaxation.theory = "phenomenological"
    made.relaxation.T1 = made.relaxation.T2 = np.array([1e9, 1e9])
    made.relaxation.thermalization = True
    fid = pulse_and_acquire(made, "1H", CARRIER_PPM, GRID.points, GRID.dt_s, 90)
    return fid / fid[0]


def test_spinguin_turns_the_other_way_and_its_sequence_gives_the_conjugate(spinguin) -> None:
    made = pair(spinguin, [[0, 0], [COUPLING_HZ, 0]])
    assert np.all(spinguin.resonance_frequencies(made, zeeman=False) < 0), "positive ppm, negative frequency"
    fid = stock_fid(spinguin, [[0, 0], [COUPLING_HZ, 0]])
    # The laboratory frame: 600 MHz of phase in double precision, and γ of another table in the seventh digit.
    assert np.max(np.abs(fid - ours().conj())) < 1e-5
    assert np.max(np.abs(fid - ours())) > 0.5


def test_spinguin_reads_the_lower_triangle_only(spinguin) -> None:
    fid = stock_fid(spinguin, [[0, COUPLING_HZ], [0, 0]])
    assert np.max(np.abs(fid - ours(0.0).conj())) < 1e-5


def test_qutip_as_written_is_ours() -> None:
    qutip = pytest.importorskip("qutip", reason="QuTiP is not installed (extra 'peers')")
    offset, coupling = np.array([40.0, -25.0]), 11.0
    one = qutip.qeye(2)
    half = [qutip.sigmax() / 2, qutip.sigmay() / 2, qutip.sigmaz() / 2]
    spins = [[qutip.tensor(s, one) for s in half], [qutip.tensor(one, s) for s in half]]
    h = sum(2 * np.pi * f * s[2] for f, s in zip(offset, spins, strict=True))
    h = h + 2 * np.pi * coupling * sum(a * b for a, b in zip(*spins, strict=True))
    start = spins[0][0] + spins[1][0]
    plus = start + 1j * (spins[0][1] + spins[1][1])
    options = {"atol": 1e-11, "rtol": 1e-10, "progress_bar": ""}
    found = np.asarray(qutip.mesolve(h, start, GRID.times_s, e_ops=[plus], options=options).expect[0])
    exact = simulate(SpinSystem(offset, [[0, coupling], [coupling, 0]]), GRID).m
    assert np.max(np.abs(found / found[0] - exact)) < 1e-7


def test_nmrsim_has_no_sense_of_rotation_and_its_intensities_sum_to_the_spins() -> None:
    pytest.importorskip("nmrsim", reason="nmrsim is not installed (extra 'peers')")
    from nmrsim.qm import secondorder_dense

    couplings = np.array([[0.0, 7.0], [7.0, 0.0]])
    up = np.asarray(secondorder_dense([100.0, 150.0], couplings))
    down = np.asarray(secondorder_dense([-100.0, -150.0], couplings))
    assert np.allclose(np.sort(up[:, 0]), np.sort(down[:, 0]))
    assert up[:, 1].sum() == pytest.approx(2.0)
