"""Derivatives of the comparison, bounds of what is told, and the noise of a spectrum."""

from __future__ import annotations

import numpy as np
import pytest

from harness import load_molecule
from harness.tasks.spins.inverse.line_model import LineModel
from harness.tasks.spins.inverse.noise import at_noise, noise_of
from harness.tasks.spins.inverse.observability import inverse_information
from harness.tasks.spins.inverse.projection import Projection
from harness.tasks.spins.inverse.windows import sampled, windows_of
from tests.inverse.synthetic import GRID, fid_of, spectrum


@pytest.mark.parametrize("broadening_hz", [0.0, 4.0])
def test_jacobian_against_differences(broadening_hz: float) -> None:
    """At the truth of a spectrum without noise, where the residual is zero and Kaufman's derivative is exact.

    The step of 1e-4 Hz truncates at 1e-7 of a derivative; lines 2e-3 Hz apart taken as one cost 1e-5.
    """
    one = spectrum(load_molecule("serine"), 3)
    fid = fid_of(one.molecule, snr=1e9)
    parameters = one.parameters
    theta = parameters.of(parameters.template)
    measured = sampled(fid, broadening_hz)
    windows = windows_of(parameters, theta, measured, 12.0)
    project = Projection(LineModel(parameters), windows, measured.grid, (), broadening_hz)
    place = np.concatenate([theta, np.full(len(windows), 0.8)])
    found = project(place)
    assert np.abs(found.residual).max() < 1e-5
    for p, step in enumerate(1e-4 * np.eye(len(place))):
        difference = (project(place + step).residual - project(place - step).residual) / 2e-4
        np.testing.assert_allclose(found.jacobian[:, p], difference, atol=1e-3 * np.abs(difference).max())


def test_noise_is_measured_next_to_the_signal() -> None:
    """Within 5 %; the spectrum of T samples of noise σ has σ·dt·√T per real component."""
    fid = fid_of(load_molecule("valine"), snr=50.0)
    largest = np.abs(fid_of(load_molecule("valine"), snr=1e9).signal).max()
    expected = GRID.dt_s * np.sqrt(GRID.points) / 50.0 / largest
    assert noise_of(sampled(fid).spectrum) == pytest.approx(expected, rel=0.05)


def test_a_weak_line_is_not_noise() -> None:
    """8 times the noise in one line is 16 % of the noise's energy in a window: the energy alone does not show it."""
    rng = np.random.default_rng(4)
    offsets = 0.7 * np.arange(200)
    noise = rng.standard_normal(200) + 1j * rng.standard_normal(200)
    line = 1 / (0.4 + 1j * (offsets - 70.0))
    line *= 8.0 / np.linalg.norm(line)
    assert at_noise(noise, offsets, 0.8, 1.0)
    assert np.mean(np.abs(noise + line) ** 2) / 2 < 1.05 + 4 / np.sqrt(200)
    assert not at_noise(noise + line, offsets, 0.8, 1.0)
    assert not at_noise(1.3 * noise, offsets, 0.8, 1.0)


def test_what_rounding_makes_is_not_information() -> None:
    """A column of 1e-10 of the others is invisible, and changes nothing for them; two equal ones are not determined."""
    rng = np.random.default_rng(1)
    jacobian = rng.standard_normal((300, 4))
    expected = np.linalg.inv(jacobian[:, :3].T @ jacobian[:, :3])
    jacobian[:, 3] *= 1e-10
    inverse = inverse_information(jacobian)
    np.testing.assert_allclose(inverse[:3, :3], expected, rtol=1e-9)
    assert np.isinf(inverse[3, 3])
    jacobian[:, 3] = jacobian[:, 2]
    assert np.isinf(np.diag(inverse_information(jacobian))[2:]).all()
    assert np.isfinite(np.diag(inverse_information(jacobian))[:2]).all()
