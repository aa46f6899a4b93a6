"""The way from a molecule to our frame, against the molecule in the laboratory's convention (laboratory_frame.py)."""

from __future__ import annotations

import numpy as np
import pytest

from harness import TimeGrid, simulate
from harness.errors import InputError
from harness.tasks.spins.systems import Molecule
from harness.tasks.spins.systems.isotopes import ISOTOPES, frame_signs, gyromagnetic_ratio, larmor_hz
from tests.spins.laboratory_frame import Laboratory

FIELD_T = 2.35
GRID = TimeGrid(60, 1e-3)
GAMMAS = {isotope: gyromagnetic_ratio(isotope) for isotope in ISOTOPES}
# Two spins of each of two isotopes, strongly coupled within each pair, all couplings different.
COUPLINGS = np.array([[0, -13.0, 11.0, -2.0], [0, 0, 1.5, 9.0], [0, 0, 0, 8.0], [0, 0, 0, 0]])
PAIRS = [("15N", "1H"), ("29Si", "1H"), ("15N", "29Si"), ("19F", "1H"), ("1H", "29Si")]


def molecule_of(one: str, other: str, observed: str) -> Molecule:
    labels = ("A1", "A2", "B1", "B2")
    shifts = []
    for centre, isotope in ((40.0, one), (6.0, other)):
        per_hz = 1e6 / larmor_hz(isotope, FIELD_T)
        shifts += [centre - 9.0 * per_hz, centre + 8.0 * per_hz]
    return Molecule(
        "four", "file", labels, (one, one, other, other), labels, np.array(shifts), COUPLINGS + COUPLINGS.T,
        observed=observed,
    )  # fmt: skip


def laboratory_of(molecule: Molecule) -> Laboratory:
    return Laboratory(molecule.isotopes, molecule.shifts_ppm, molecule.couplings_hz, FIELD_T, GAMMAS)


def m_of(molecule: Molecule, carrier_ppm: float) -> np.ndarray:
    """Our M from the laboratory: higher ppm, higher frequency, counted from the carrier."""
    signal = laboratory_of(molecule).signal(molecule.observed, GRID)
    if gyromagnetic_ratio(molecule.observed) < 0:
        signal = signal.conj()
    carrier_hz = carrier_ppm * 1e-6 * larmor_hz(molecule.observed, FIELD_T)
    return signal * np.exp(-2j * np.pi * carrier_hz * GRID.times_s)


@pytest.mark.parametrize("observed", [0, 1])
@pytest.mark.parametrize("isotopes", PAIRS)
def test_m_of_a_molecule_is_that_of_the_laboratory(isotopes: tuple[str, str], observed: int) -> None:
    molecule = molecule_of(*isotopes, observed=isotopes[observed])
    carrier = molecule.centre_ppm(molecule.observed) + 0.3
    found = simulate(molecule.at(FIELD_T, carrier), GRID, observables=("m",)).m
    # Rounding: frequencies of 5e4 rad/s against 0 ppm, 60 ms, 1e-16 of each.
    np.testing.assert_allclose(found, m_of(molecule, carrier), atol=1e-10)


@pytest.mark.parametrize("isotopes", PAIRS)
def test_the_sign_of_a_coupling_between_isotopes_is_seen(isotopes: tuple[str, str]) -> None:
    """The negative control: with the other sign the same comparison misses by more than a thousandth."""
    molecule = molecule_of(*isotopes, observed=isotopes[0])
    system = molecule.at(FIELD_T)
    turned = np.where(system.same_isotope, system.couplings_hz, -system.couplings_hz)
    found = simulate(system.with_(couplings_hz=turned), GRID, observables=("m",)).m
    expected = m_of(molecule, molecule.centre_ppm(molecule.observed))
    assert np.abs(found - expected).max() > 1e-3


@pytest.mark.parametrize("isotopes", PAIRS)
def test_polarisations_turn_over_with_the_sign_of_gamma(isotopes: tuple[str, str]) -> None:
    molecule = molecule_of(*isotopes, observed=isotopes[0])
    found = simulate(molecule.at(FIELD_T), GRID, observables=("i1z", "spin_polarisations"))
    expected = laboratory_of(molecule).polarisations(0, GRID)
    assert np.abs(expected[2]).max() > 1e-5, "polarisation must reach the other isotope for this to say anything"
    signs = frame_signs(molecule.isotopes)[0]
    np.testing.assert_allclose(found.spin_polarisations, signs[:, None] * expected, atol=1e-10)
    np.testing.assert_allclose(found.i1z, expected[0], atol=1e-10)


def test_couplings_change_sign_where_exactly_one_gamma_is_negative() -> None:
    assert frame_signs(["1H", "15N", "29Si", "13C"]).tolist() == [
        [1, -1, -1, 1],
        [-1, 1, 1, -1],
        [-1, 1, 1, -1],
        [1, -1, -1, 1],
    ]
    system = molecule_of("15N", "1H", "15N").at(FIELD_T)
    signs = [[1, 1, -1, -1], [1, 1, -1, -1], [-1, -1, 1, 1], [-1, -1, 1, 1]]
    np.testing.assert_array_equal(system.couplings_hz, np.array(signs) * (COUPLINGS + COUPLINGS.T))
    assert not np.signbit(system.couplings_hz[system.couplings_hz == 0]).any()


def test_positive_gammas_leave_every_bit_as_it_was() -> None:
    molecule = molecule_of("19F", "1H", "1H")
    assert molecule.at(FIELD_T).couplings_hz.tobytes() == molecule.couplings_hz.tobytes()


@pytest.mark.parametrize("isotope", ISOTOPES)
def test_higher_ppm_is_a_higher_offset_for_every_isotope(isotope: str) -> None:
    molecule = Molecule("two", "file", ("A", "B"), (isotope,) * 2, ("A", "B"), np.array([1.0, 3.0]), np.zeros((2, 2)),
                        observed=isotope)  # fmt: skip
    expected = 2e-6 * larmor_hz(isotope, FIELD_T)
    np.testing.assert_allclose(molecule.at(FIELD_T, 1.0).offsets_hz, [0, expected], rtol=1e-14)


@pytest.mark.parametrize("isotope", ["15N", "29Si", "1H"])
def test_a_line_stands_at_its_shift_in_spectrum_and_jcamp(isotope: str) -> None:
    from harness.tasks.spins.exchange.jcamp import jcamp_of
    from harness.tasks.spins.spectra import spectrum_of

    molecule = Molecule("one", "file", ("A",), (isotope,), ("A",), np.array([53.0]), np.zeros((1, 1)), observed=isotope)
    grid = TimeGrid(512, 1e-3)
    m = simulate(molecule.at(FIELD_T, 52.0), grid, observables=("m",)).m
    spectrum = spectrum_of(m, grid, np.exp(-5 * grid.times_s), field_t=FIELD_T, carrier_ppm=52.0, isotope=isotope)
    step_ppm = float(spectrum.ppm[1] - spectrum.ppm[0])
    assert step_ppm > 0
    assert spectrum.ppm[np.argmax(spectrum.absorption)] == pytest.approx(53.0, abs=step_ppm)
    first = next(line for line in jcamp_of(spectrum, "one", isotope).splitlines() if line.startswith("##FIRSTX="))
    highest_hz = float(spectrum.ppm[-1]) * 1e-6 * larmor_hz(isotope, FIELD_T)
    assert float(first.split("=")[1]) == pytest.approx(highest_hz, rel=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 2.7e7, float("nan"), float("-inf")])
def test_gyromagnetic_ratios_of_another_program_must_be_of_the_same_sign(gamma: float) -> None:
    molecule = molecule_of("15N", "1H", "15N")
    with pytest.raises(InputError, match=r"gyromagnetic_ratios\['15N'\] = .* must be negative and finite"):
        molecule.at(FIELD_T, gyromagnetic_ratios={"15N": gamma})


def test_gyromagnetic_ratios_of_another_program_scale_its_offsets_alone() -> None:
    molecule = molecule_of("15N", "1H", "15N")
    ours, theirs = molecule.at(FIELD_T), molecule.at(FIELD_T, gyromagnetic_ratios={"15N": 1.5 * GAMMAS["15N"]})
    np.testing.assert_allclose(theirs.offsets_hz, ours.offsets_hz * [1.5, 1.5, 1, 1], rtol=1e-14)
    np.testing.assert_array_equal(theirs.couplings_hz, ours.couplings_hz)
