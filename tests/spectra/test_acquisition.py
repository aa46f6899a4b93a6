"""The acquisition that is chosen where none is given holds and resolves every line."""

from __future__ import annotations

import numpy as np
import pytest

from harness import SpinSystem, load_molecule, simulate
from harness.errors import InputError
from harness.tasks.spins.references.exact_lines import line_list
from harness.tasks.spins.spectra import linewidth_of_t2, pick_lines
from harness.tasks.spins.spectra.acquisition import acquisition

NAMES = ["alanine", "valine", "bmse000052", "glycine-13c"]


@pytest.mark.parametrize("field_t", [1.4, 14.1])
@pytest.mark.parametrize("name", NAMES)
def test_the_lines_are_within_the_sweep_and_seconds_are_taken(name: str, field_t: float) -> None:
    """All but combination lines, which strong coupling puts anywhere: 1e-5 of the intensity, which no plot shows."""
    system = load_molecule(name).at(field_t)
    taken = acquisition([system])
    assert 2 <= taken.grid.points * taken.grid.dt_s <= 4.01
    lines = line_list(system, 1e-12)
    outside = np.abs(lines.frequencies_hz) > 0.8 * taken.grid.nyquist_hz * (1 + 1e-9)
    assert lines.intensities[outside].sum() < 1e-5


def test_m_has_decayed_at_the_end() -> None:
    for t2_s in (0.1, 0.5, 3.0):
        taken = acquisition([load_molecule("alanine").at(14.1)], t2_s=t2_s)
        assert np.exp(-taken.grid.horizon_s / t2_s) < 4e-4
        assert taken.grid.horizon_s > 1.99


def test_multiplets_are_resolved_by_default() -> None:
    """The quartet and the doublet of alanine: six lines, split by 7.3 Hz, 0.64 Hz wide."""
    assert len(pick_lines(load_molecule("alanine").spectrum(mhz=600))) == 6


def test_the_line_width_is_the_one_that_is_printed() -> None:
    system = SpinSystem([30.0], [[0.0]])
    taken = acquisition([system])
    spectrum = simulate(system, taken.grid).spectrum(taken.t2_s)
    half = spectrum.absorption > spectrum.absorption.max() / 2
    step = float(spectrum.offset_hz[1] - spectrum.offset_hz[0])
    assert half.sum() * step == pytest.approx(linewidth_of_t2(0.5), abs=1.5 * step)
    assert "T2 0.5 s (lines 0.64 Hz wide)" in str(taken)


def test_what_is_given_is_retained() -> None:
    systems = [load_molecule("alanine").at(14.1)]
    both = acquisition(systems, points=7, dt_s=1e-3)
    assert (both.grid.points, both.grid.dt_s, both.t2_s) == (7, 1e-3, None)
    assert "T2" not in str(both)
    assert acquisition(systems, points=7).grid.dt_s == acquisition(systems).grid.dt_s
    assert acquisition(systems, dt_s=1e-3).grid.points == 4000
    assert acquisition(systems, t2_s=0.2).t2_s == 0.2


def test_a_range_widens_the_sweep() -> None:
    molecule = load_molecule("alanine")
    assert molecule.spectrum(mhz=600, ppm=(9.0, 12.0)).ppm[-1] == pytest.approx(12.0, abs=1e-3)
    several = acquisition([molecule.at(14.1, 0.0), molecule.at(14.1, 9.0)])
    assert several.grid.dt_s == acquisition([molecule.at(14.1, 9.0)]).grid.dt_s


@pytest.mark.parametrize(
    ("given", "words"),
    [({"t2_s": np.inf}, "t2_s = inf"), ({"dt_s": 0.0}, "dt_s = 0.0"), ({"points": 0}, "points = 0"),
     ({"dt_s": np.nan}, "dt_s = nan"), ({"t2_s": 1e300}, "take fewer")],
)  # fmt: skip
def test_refusals(given: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        acquisition([load_molecule("alanine").at(14.1)], **given)  # type: ignore[arg-type]
