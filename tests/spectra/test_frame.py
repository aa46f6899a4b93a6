"""Systems know their field and carrier, and no ppm axis is wrong by default."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, Trajectory, load_molecule, load_surrogate, simulate
from harness.errors import InputError
from harness.tasks.spins.spectra import spectrum_of
from harness.tasks.spins.systems import Frame, Molecule, Provenance, ShiftAxis
from harness.tasks.spins.systems.isotopes import field_of_mhz, larmor_hz

METHYL_PPM = 1.46617
"""Of alanine in molecules/alanine.gissmo.toml."""
GRID = TimeGrid(8192, 2e-4)


def highest_ppm(spectrum: object) -> float:
    return float(spectrum.ppm[np.argmax(spectrum.absorption)])  # type: ignore[attr-defined]


@pytest.mark.parametrize("carrier_ppm", [None, 4.7])
@pytest.mark.parametrize("field_t", [9.4, 14.1])
def test_a_spectrum_of_a_molecule_has_its_lines_at_its_shifts(field_t: float, carrier_ppm: float | None) -> None:
    """Half of the doublet's splitting of 7.3 Hz, and a point, is what a highest line may lie off."""
    system = load_molecule("alanine").at(field_t, carrier_ppm)
    for spectrum in (
        simulate(system, GRID).spectrum(t2_s=0.3),
        spectrum_of(simulate(system, GRID).m, GRID, axis=system.axis),
        load_surrogate("spin-graph").predict([system], TimeGrid(500, 2e-4)).mean[0].spectrum(),
    ):
        assert highest_ppm(spectrum) == pytest.approx(METHYL_PPM, abs=5 / (42.577 * field_t))


def test_a_field_without_a_carrier_is_refused() -> None:
    """It put the methyl group of alanine at -1.14 ppm: offsets count from the middle of its shifts, not from 0 ppm."""
    m = simulate(load_molecule("alanine").at(9.4), GRID).m
    with pytest.raises(InputError, match=r"field_t = 9\.4 without carrier_ppm: the ppm axis needs both"):
        spectrum_of(m, GRID, field_t=9.4)


def test_the_frame_is_no_physics() -> None:
    system = load_molecule("alanine").at(14.1)
    bare = SpinSystem(system.offsets_hz, system.couplings_hz, system.labels)
    assert bare.frame is None
    assert bare.axis is None
    assert system == bare
    assert hash(system) == hash(bare)
    assert system.fingerprint == bare.fingerprint
    assert simulate(bare, GRID).spectrum().axis is None


def test_the_fingerprint_of_a_molecule_is_what_it_was() -> None:
    """Cache keys and datasets rest on it; this one was written down before systems knew their field."""
    assert load_molecule("valine").at(14.1).fingerprint.startswith("9a394556db46")


def test_the_frame_goes_with_parts_and_copies() -> None:
    system = load_molecule("glycine-13c").at(14.1, {"13C": 40.0})
    assert system.frame is not None
    assert system.frame.field_t == 14.1
    assert system.frame.axis("13C") == ShiftAxis.at(14.1, 40.0, "13C")
    assert system.frame.axis("15N") is None
    assert pickle.loads(pickle.dumps(system)).frame == system.frame
    carbon = [k for k, isotope in enumerate(system.isotopes) if isotope == "13C"]
    assert system.subsystem(carbon).axis == system.frame.axis("13C")
    assert system.subsystem(carbon).frame.axis("1H") is None  # type: ignore[union-attr]
    assert system.with_(tagged_spin=1).frame == system.frame
    trajectory = simulate(system, TimeGrid(4, 1e-4))
    assert trajectory.axis == system.axis
    assert pickle.loads(pickle.dumps(trajectory)).axis == system.axis
    assert trajectory.on(system.axis) is trajectory


def test_other_gyromagnetic_ratios_are_those_of_the_axis() -> None:
    molecule = load_molecule("glycine-13c")
    system = molecule.at(14.1, gyromagnetic_ratios={"13C": 6.73e7})
    assert system.frame is not None
    assert system.frame.axis("13C").larmor_hz == pytest.approx(6.73e7 * 14.1 / (2 * np.pi))  # type: ignore[union-attr]


def test_axis_back_and_forth() -> None:
    axis = ShiftAxis.at(14.1, 4.7)
    assert axis.ppm(axis.offset_hz(1.23)) == pytest.approx(1.23, abs=1e-12)
    np.testing.assert_allclose(axis.offset_hz(np.array([4.7, 5.7])), [0, larmor_hz("1H", 14.1) * 1e-6], atol=1e-9)
    assert field_of_mhz(600.0) == pytest.approx(14.0921, abs=1e-3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ShiftAxis("1H", 0.0, 1.0), "larmor_hz = 0.0 of 1H"),
        (lambda: ShiftAxis("1H", 6e8, np.nan), "carrier_ppm = nan"),
        (lambda: field_of_mhz(float("nan")), "mhz = nan"),
        (lambda: load_molecule("alanine").spectrum(), "give one of them, as mhz=600"),
        (lambda: load_molecule("alanine").spectrum(mhz=600, field_t=14.1), "give one of them"),
        (lambda: load_molecule("alanine").peaks(), "give one of them"),
        (lambda: load_molecule("alanine").spectrum(mhz=600, t2_s=0), "t2_s = 0"),
        (lambda: load_molecule("alanine").spectrum(mhz=600, ppm=(1.2, 1.2)), "holds 0 points"),
        (lambda: load_molecule("alanine").spectrum(mhz=600).between(1.0, 99.0), "lines beyond it alias"),
    ],
)
def test_refusals(call: object, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        call()  # type: ignore[operator]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("isotope", ["2H", "14N", "11B", "35Cl"])
def test_a_spin_above_one_half_says_what_is_possible(isotope: str) -> None:
    with pytest.raises(InputError, match=rf"'{isotope}' has spin .*, only spins 1/2 .*leave it out"):
        SpinSystem([0.0, 1.0], [[0, 5], [5, 0]], isotopes=["1H", isotope])


def test_representations_are_one_line_and_short() -> None:
    molecule = load_molecule("valine")
    system = molecule.at(14.1)
    grid = TimeGrid(300, 1e-4)
    trajectory = simulate(system, grid)
    nothing = Trajectory(grid, Provenance("x"))
    things = [molecule, system, system.frame, system.axis, grid, trajectory, nothing, trajectory.spectrum()]
    things += [molecule.peaks(mhz=600), Molecule("x", "y", ("a",), ("1H",), ("a",), np.zeros(1), np.zeros((1, 1)))]
    for thing in things:
        assert len(repr(thing)) < 120
        assert "\n" not in repr(thing)
    assert repr(molecule) == "Molecule('L-valine', gissmo, 8 spins, 1H, 0.9801 to 3.599 ppm)"
    assert repr(trajectory) == "Trajectory(300 points of 0.0001 s: mx, my, i1z; by exact)"
    assert repr(trajectory.spectrum()).startswith("Spectrum(1H, 600.342 MHz, 2048 points, ")
    assert repr(Frame(14.1, (ShiftAxis("1H", 6e8, 4.7),))) == "Frame(14.1 T, ShiftAxis(1H, 600 MHz, carrier 4.7 ppm))"


def test_what_a_notebook_shows_is_well_formed_and_escaped() -> None:
    from xml.etree.ElementTree import fromstring

    molecule = load_molecule("alanine")
    odd = Molecule("<b>&", "y", ("<i>",), ("1H",), ("a",), np.zeros(1), np.zeros((1, 1)))
    spectrum = molecule.spectrum(mhz=600)
    for thing in (molecule, odd, spectrum, simulate(molecule.at(14.1), GRID), molecule.peaks(mhz=600)):
        text = thing._repr_html_()
        fromstring(text)
        assert len(text) < 100_000
        assert "<b>" not in text
        assert "<i>" not in text
    drawn = fromstring(spectrum._repr_html_()).find(".//polyline")
    assert drawn is not None
    x, y = np.array([pair.split(",") for pair in drawn.attrib["points"].split()], float).T
    assert np.all(np.diff(x) >= 0)
    # The methyl doublet of three protons is the highest, and low shifts are on the right.
    assert x[np.argmin(y)] > 300
    assert "mx blue" in simulate(molecule.at(14.1), GRID)._repr_html_()
    assert "svg" not in Trajectory(GRID, Provenance("x"))._repr_html_()


def test_a_plot_runs_from_right_to_left_between_the_shifts_requested() -> None:
    from matplotlib.figure import Figure

    spectrum = load_molecule("alanine").spectrum(mhz=600)
    axes = spectrum.plot(Figure().add_subplot(), ppm=(1.2, 1.7), label="alanine")
    assert axes.get_xlim() == (1.7, 1.2)
    [line] = axes.lines
    ppm = np.asarray(line.get_xdata())
    assert ppm[np.argmax(line.get_ydata())] == pytest.approx(METHYL_PPM, abs=0.02)
    left, right = spectrum.plot(Figure().add_subplot()).get_xlim()
    assert left > 3.7674 > METHYL_PPM > right


def test_a_plot_makes_its_own_figure() -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    axes = load_molecule("alanine").spectrum(mhz=600).plot()
    assert "ppm" in axes.get_xlabel()
    pyplot.close(axes.figure)  # type: ignore[arg-type]
