"""Starts that used to end in a wrong optimum, and fits that must say that they failed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from harness import load_molecule
from harness.errors import InputError
from harness.tasks.spins.exchange.bruker import MeasuredFid
from harness.tasks.spins.inverse import measured, search
from harness.tasks.spins.inverse.measured import fit_measured
from harness.tasks.spins.inverse.numbers import numbers_of
from harness.tasks.spins.inverse.verdict import Outcome
from harness.tasks.spins.systems import Molecule
from tests.inverse.synthetic import GRID, LARMOR_HZ, fid_of, moved, spins

AX = spins("AX", [1.2, -1.1], {(0, 1): 7.3})
ABX = spins("ABX", [1.204, 1.2, -1.1], {(0, 1): -12.4, (0, 2): 4.0, (1, 2): 9.0})


def test_protons_that_are_nearly_isochronous_are_two() -> None:
    """0.004 ppm apart, 4 and 9 Hz to the third: one offset and one coupling for both would leave 16 % at 6.5 Hz."""
    fit = fit_measured(fid_of(ABX, snr=1e4), ABX)
    values = dict(zip(fit.parameters.names, fit.theta, strict=True))
    assert fit.verdict.found
    assert values["J A C"] == pytest.approx(4.0, abs=0.01)
    assert values["J B C"] == pytest.approx(9.0, abs=0.01)
    assert values["J A B"] == pytest.approx(-12.4, abs=0.01)
    np.testing.assert_allclose(fit.ppm(fit.theta[:2]), [1.204, 1.2], atol=1e-4)


@pytest.mark.parametrize("move_ppm", [-0.03, -0.012, 0.012, 0.03])
def test_one_multiplet_moved_by_about_a_line(move_ppm: float) -> None:
    fit = fit_measured(fid_of(moved(AX, [1.2 + move_ppm, -1.1])), AX)
    assert fit.verdict.found
    assert np.diff(fit.ppm(fit.theta[:2]))[0] == pytest.approx(-2.3 - move_ppm, abs=1e-4)
    assert fit.theta[2] == pytest.approx(7.3, abs=0.01)


@pytest.mark.parametrize("start_hz", [3.0, 11.0])
def test_a_coupling_that_starts_4_hz_off(start_hz: float) -> None:
    fit = fit_measured(fid_of(AX), moved(AX, AX.shifts_ppm, AX.couplings_hz * start_hz / 7.3))
    assert fit.verdict.found
    assert fit.theta[2] == pytest.approx(7.3, abs=0.01)


def test_the_same_seed_gives_the_same_fit() -> None:
    """Of noise, which takes many starts."""
    one, other = (fit_measured(noise_only(), AX, seed=1) for _ in range(2))
    assert one.found.starts > 2
    np.testing.assert_array_equal(one.theta, other.theta)


def noise_only() -> MeasuredFid:
    rng = np.random.default_rng(2)
    noise = rng.standard_normal(GRID.points) + 1j * rng.standard_normal(GRID.points)
    return MeasuredFid("noise", noise / np.abs(noise).max(), GRID, LARMOR_HZ, 0.3)


def stuck(fid: MeasuredFid, molecule: Molecule, monkeypatch: pytest.MonkeyPatch) -> measured.MeasuredFit:
    """The fit with a search that does nothing: from the molecule's values straight to the nearest optimum."""

    def nothing(fid: MeasuredFid, parameters: object, *_: object) -> search.Found:
        begun = parameters.mean_of(parameters.template)  # type: ignore[attr-defined]
        return search.Found(begun, np.ones(len(parameters.offsets)), 1, 1, 0)  # type: ignore[attr-defined]

    monkeypatch.setattr(measured, "search", nothing)
    return fit_measured(fid, molecule)


def test_caught_one_line_off_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what a fit without the search reports as converged has another verdict."""
    fit = stuck(fid_of(moved(AX, [1.212, -1.1])), AX, monkeypatch)
    assert fit.converged
    assert np.abs(np.diff(fit.ppm(fit.theta[:2]))[0] + 2.312) > 1e-3
    assert fit.verdict.outcome in (Outcome.LOCAL, Outcome.ABSENT)
    assert not fit.verdict.found


def test_one_offset_for_two_protons_does_not_explain_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same spectrum with the symmetry that is not there, written into the molecule."""
    tied = Molecule("tied", "test", ABX.labels, ABX.isotopes, ("AB", "AB", "C"), ABX.shifts_ppm, ABX.couplings_hz)
    fit = fit_measured(fid_of(ABX, snr=1e3), tied)
    assert not fit.verdict.found
    assert max(m.unexplained for m in fit.multiplets) > 0.1


def test_noise_alone_has_no_multiplet() -> None:
    fit = fit_measured(noise_only(), AX)
    assert fit.verdict.outcome is Outcome.ABSENT
    assert len(fit.verdict.evidence) == 2


def test_what_does_not_show_is_not_determined() -> None:
    """Two protons at one place: their coupling is invisible, and its error is not a number in JSON."""
    pair = spins("A2", [1.2, 1.2], {(0, 1): 7.0})
    fit = fit_measured(fid_of(pair), pair)
    assert fit.verdict.outcome is Outcome.UNDETERMINED
    text = json.dumps(numbers_of(fit), allow_nan=False)
    assert "not determined" in text


def test_a_molecule_whose_shifts_would_have_to_move_too_far() -> None:
    """Asparagine has aspartate's pattern, 0.1 ppm away."""
    fit = fit_measured(fid_of(load_molecule("aspartate")), load_molecule("asparagine"))
    assert not fit.verdict.found


def test_a_signal_without_noise_is_found() -> None:
    assert fit_measured(fid_of(AX, snr=1e15), AX).verdict.found


def test_what_another_isotope_has_is_not_fitted() -> None:
    """[2-13C]glycine: the offset of the carbon does not show, its coupling does."""
    fit = fit_measured(fid_of(load_molecule("glycine-13c")), load_molecule("glycine-13c"))
    assert fit.verdict.found
    assert [name.split()[0] for name in fit.parameters.names] == ["offset", "J"]


def test_too_short_a_signal_is_refused() -> None:
    whole = fid_of(AX)
    short = MeasuredFid("short", whole.signal[:200], GRID.prefix(200), LARMOR_HZ, whole.carrier_ppm)
    with pytest.raises(InputError, match="short: 200 points are too few for a fit; at least 256"):
        fit_measured(short, AX)


def test_lines_broader_than_a_fit_lets_them_be_are_not_found() -> None:
    fit = fit_measured(fid_of(AX, snr=1000.0, linewidth_hz=40.0), AX)
    assert not fit.verdict.found
    assert {"linewidth A", "linewidth B"} <= set(fit.at_bounds)
