"""Widths and integrals of lines whose answer is known, and that wrong ones are seen."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.spins.spectra.spectrum import spectrum_of
from harness.tasks.spins.suites.relaxation.line_widths import (
    integrals,
    multiplets,
    resolved_lines,
    width_changes,
)
from harness.tasks.spins.systems import TimeGrid

GRID = TimeGrid(8192, 1e-3)
OFFSETS_HZ, RATES_PER_S = (-120.0, 40.0, 47.0, 200.3), (2.0, 3.0, 4.0, 6.0)


def lines_of(rates: tuple[float, ...], offsets: tuple[float, ...] = OFFSETS_HZ):
    signal = sum(np.exp((2j * np.pi * f - r) * GRID.times_s) for f, r in zip(offsets, rates, strict=True))
    spectrum = spectrum_of(np.asarray(signal), GRID, zero_fill=16)
    return spectrum, resolved_lines(spectrum.offset_hz, spectrum.absorption, GRID.horizon_s)


def test_the_width_of_a_lorentzian_is_its_rate_over_pi() -> None:
    """To 1e-2: the feet of a line at 7 Hz distance broaden its neighbour by so much."""
    _, found = lines_of(RATES_PER_S)
    assert [line.position_hz for line in found] == pytest.approx(OFFSETS_HZ, abs=0.01)
    assert [line.width_hz for line in found] == pytest.approx(np.array(RATES_PER_S) / np.pi, rel=1e-2)


def test_lines_that_overlap_are_not_resolved() -> None:
    """At a distance of half a width two lines are one, or their saddle lies above half of the height."""
    _, found = lines_of((6.0, 6.0, 2.0, 2.0), (10.0, 12.0, 100.0, -100.0))
    assert [round(line.position_hz) for line in found] == [-100, 100]


def test_lobes_of_an_fid_that_ends_are_no_lines() -> None:
    """Without decay every line is sin(x)/x, whose lobes are narrower than the line itself."""
    spectrum, found = lines_of((1e-3, 1e-3), (10.0, 100.0))
    assert len(found) == 2
    assert len(resolved_lines(spectrum.offset_hz, spectrum.absorption, np.inf)) > 2


def test_changes_of_widths_and_lines_that_are_gone() -> None:
    _, lines = lines_of(RATES_PER_S)
    _, wider = lines_of(tuple(1.1 * rate for rate in RATES_PER_S))
    assert width_changes(lines, wider) == pytest.approx([0.1] * 4, abs=2e-3)
    assert np.isinf(width_changes(lines, wider[1:])).tolist() == [True, False, False, False]


def test_integrals_of_multiplets_count_spins() -> None:
    """Each signal starts with 1, so that every line has the integral 1/2 but for what lies beyond its range."""
    spectrum, _ = lines_of(RATES_PER_S)
    ranges = multiplets(np.array(OFFSETS_HZ))
    assert len(ranges) == 3
    found = integrals(spectrum.offset_hz, spectrum.absorption, ranges)
    assert found == pytest.approx([0.5, 1.0, 0.5], rel=0.05)
    assert found.sum() < 2.0
