"""Spectra against closed forms: Lorentzians, sums, axes, line positions."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import TimeGrid, load_molecule, simulate
from harness.errors import InputError
from harness.tasks.spins.spectra import (
    Line,
    Spectrum,
    cosine_window,
    exponential_window,
    linewidth_of_t2,
    matched_window,
    multiplets,
    pick_lines,
    spectrum_of,
    splittings_hz,
)
from harness.tasks.spins.systems.isotopes import larmor_hz

GRID = TimeGrid(8192, 5e-4)
T2_S = 0.3


def decaying(offset_hz: float, t2_s: float = T2_S, grid: TimeGrid = GRID) -> np.ndarray:
    return np.exp((2j * pi * offset_hz - 1 / t2_s) * grid.times_s)


def test_a_line_is_the_lorentzian() -> None:
    """Trapezoidal rule and truncation: (π f_max dt)²-type errors and exp(-t_end/T2), 1e-6 here."""
    spectrum = spectrum_of(decaying(120.0), GRID)
    exact = 1 / (1 / T2_S + 2j * pi * (spectrum.offset_hz - 120.0))
    near = np.abs(spectrum.offset_hz - 120) < 20
    np.testing.assert_allclose(spectrum.intensity[near], exact[near], atol=5e-6 * T2_S + np.exp(-GRID.horizon_s / T2_S))
    assert spectrum.absorption.max() == pytest.approx(T2_S, rel=2e-3)


def test_without_half_weight_there_would_be_a_pedestal() -> None:
    spectrum = spectrum_of(decaying(0.0), GRID)
    far = np.abs(spectrum.offset_hz) > 900
    assert np.abs(spectrum.absorption[far]).max() < 1e-3 * GRID.dt_s
    doubled = decaying(0.0)
    doubled[0] *= 2
    assert spectrum_of(doubled, GRID).absorption[far].min() == pytest.approx(GRID.dt_s / 2, rel=1e-2)


@settings(max_examples=40, deadline=None)
@given(st.floats(-900, 900), st.integers(1, 6))
def test_integral_is_half_the_first_point(offset_hz: float, zero_fill: int) -> None:
    spectrum = spectrum_of(decaying(offset_hz), GRID, zero_fill=zero_fill)
    step = spectrum.offset_hz[1] - spectrum.offset_hz[0]
    assert spectrum.intensity.sum() * step == pytest.approx(0.5, abs=1e-12)
    assert len(spectrum.offset_hz) >= zero_fill * GRID.points


@settings(max_examples=40, deadline=None)
@given(st.floats(-900, 900))
def test_line_position_of_a_lorentzian(offset_hz: float) -> None:
    """1/S of a Lorentzian is a parabola: what is left is truncation and the trapezoidal rule, 1e-4 of the linewidth."""
    (line,) = pick_lines(spectrum_of(decaying(offset_hz), GRID))
    assert line.offset_hz == pytest.approx(offset_hz, abs=1e-3 * linewidth_of_t2(T2_S))
    assert line.height == pytest.approx(T2_S, rel=5e-3)


def test_windows() -> None:
    assert linewidth_of_t2(T2_S) == pytest.approx(1 / (pi * T2_S))
    np.testing.assert_allclose(exponential_window(GRID, linewidth_of_t2(T2_S)), np.exp(-GRID.times_s / T2_S))
    assert exponential_window(GRID, 0.0).tolist() == [1.0] * GRID.points
    window = cosine_window(GRID)
    assert window[0] == 1
    assert np.all(np.diff(window) < 0)
    assert 0 < window[-1] < 1e-6


@pytest.mark.parametrize("t2_s", [0.05, 0.3, 2.0])
def test_matched_window_decays_as_the_signal_does(t2_s: float) -> None:
    window = matched_window(decaying(33.0, t2_s), GRID)
    # Midpoint rule of the moments: (dt/T2)² relative.
    np.testing.assert_allclose(window, np.exp(-GRID.times_s / t2_s), atol=1e-4)


def test_matched_window_of_a_signal_that_does_not_decay() -> None:
    assert matched_window(decaying(5.0, 1e9), GRID).tolist() == pytest.approx([1.0] * GRID.points, abs=1e-4)


def test_matched_window_is_the_best_for_the_signal_to_noise_ratio() -> None:
    """Peak height over noise is Σ w s / √Σ w²: largest for w = |s|, whatever else one tries."""
    envelope = np.abs(decaying(0.0))
    ratio = {
        rate: np.sum(w * envelope) / np.sqrt(np.sum(w**2))
        for rate in (0.5, 0.8, 1.0, 1.25, 2.0)
        for w in [matched_window(decaying(0.0), GRID) ** rate]
    }
    assert max(ratio, key=ratio.__getitem__) == 1.0


def test_ppm_axis() -> None:
    spectrum = spectrum_of(decaying(300.0), GRID, field_t=14.1, carrier_ppm=2.0)
    top = spectrum.ppm[np.argmax(spectrum.absorption)]
    assert top == pytest.approx(2.0 + 300 / larmor_hz("1H", 14.1) * 1e6, abs=1e-3)
    carbon = spectrum_of(decaying(300.0), GRID, field_t=14.1, carrier_ppm=40.0, isotope="13C")
    assert carbon.ppm[np.argmax(carbon.absorption)] == pytest.approx(40 + 300 / 150.96, abs=1e-3)
    with pytest.raises(InputError, match="no ppm axis"):
        _ = spectrum_of(decaying(1.0), GRID).ppm


def test_phase() -> None:
    spectrum = spectrum_of(decaying(10.0), GRID)
    np.testing.assert_allclose(spectrum.phased(pi / 2).absorption, -np.imag(spectrum.intensity), atol=1e-15)


def test_multiplets_of_alanine() -> None:
    """A doublet and a 1:3:3:1 quartet with one splitting; strong coupling shifts lines by J²/2D = .02 Hz here."""
    molecule, grid = load_molecule("alanine"), TimeGrid(16384, 1.25e-4)
    signal = simulate(molecule.at(14.1), grid, observables=("m",)).m
    spectrum = spectrum_of(signal, grid, exponential_window(grid, linewidth_of_t2(0.5)))
    doublet, quartet = multiplets(pick_lines(spectrum))
    assert (len(doublet), len(quartet)) == (2, 4)
    np.testing.assert_allclose(splittings_hz(doublet), 7.29884, atol=2e-3)
    np.testing.assert_allclose(splittings_hz(quartet), 7.29884, atol=2e-3)
    heights = np.array([line.height for line in quartet])
    np.testing.assert_allclose(heights / heights[0], [1, 3, 3, 1], rtol=0.06)


def test_multiplets_are_cut_at_gaps() -> None:
    lines = [Line(offset, 1.0) for offset in (100.0, 0.0, 7.0, 107.0)]
    assert [[line.offset_hz for line in m] for m in multiplets(lines)] == [[0, 7], [100, 107]]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: spectrum_of(np.ones(3), GRID), "signal of shape"),
        (lambda: spectrum_of(decaying(1.0), GRID, np.ones(4)), "window of shape"),
        (lambda: spectrum_of(decaying(1.0), GRID, zero_fill=0), "zero_fill = 0"),
        (lambda: linewidth_of_t2(0.0), "t2_s = 0.0"),
        (lambda: exponential_window(GRID, -1.0), "linewidth_hz = -1.0"),
        (lambda: matched_window(np.zeros(GRID.points), GRID), "not all of them zero"),
        (lambda: pick_lines(spectrum_of(decaying(1.0), GRID), 0.0), "threshold = 0.0"),
    ],
)
def test_refusals(call: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()  # type: ignore[operator]


def test_shapes_of_a_spectrum_must_agree() -> None:
    with pytest.raises(ValueError, match="shapes"):
        Spectrum(np.zeros(3), np.zeros(4))
