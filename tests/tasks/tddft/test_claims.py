"""Claims of the field that do not hold, each with a small experiment (docs/tddft.md lists them)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harness.tasks.tddft.fields import Kick, Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.frozen import Frozen
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.signals import absorption
from harness.tasks.tddft.structure import Structure


def test_the_complex_density_has_no_memory_and_its_real_part_has(structure: Callable[..., Structure]) -> None:
    """Started again from the complex D of half-way the rest is the same; from its real part (or ρ(r)) it is not."""
    h2 = structure("h2")
    grid = AtomicTimeGrid.until(10, 0.1, rule="em")
    whole = evolve(h2, Kick(0.02), AtomicTimeGrid.until(20, 0.1, rule="em"), densities=True)
    assert whole.densities is not None
    half = whole.densities[100]
    resumed = evolve(h2, Kick(0.0), grid, start=half)
    scale = np.abs(whole.induced).max()
    assert np.abs(resumed.dipole - whole.dipole[100:]).max() < 1e-9 * scale
    still = evolve(h2, Kick(0.0), grid, start=np.real(half).astype(complex) * 1.0 + 0.0j)
    assert np.abs(still.dipole - whole.dipole[100:]).max() > 0.1 * scale


def test_unitarity_does_not_trigger_where_the_fock_matrix_is_wrong(structure: Callable[..., Structure]) -> None:
    water = structure("h2o")
    pulse, grid = Pulse(0.05, 0.4), AtomicTimeGrid.until(20, 0.2)
    wrong = evolve(water, pulse, grid, model=Frozen.of(water), densities=True)
    right = evolve(water, pulse, grid)
    assert wrong.densities is not None
    traces = np.trace(wrong.densities[:, 0], axis1=1, axis2=2)
    assert np.abs(traces - 5).max() < 1e-11
    assert np.linalg.norm(wrong.induced - right.induced) > 0.3 * np.linalg.norm(right.induced)


def test_a_loss_on_changes_is_the_loss_on_densities_over_dt_squared(structure: Callable[..., Structure]) -> None:
    """For a one-step prediction from the true D the derivative is off by exactly the density's error over dt."""
    h2, dt = structure("h2"), 0.1
    truth = evolve(h2, Kick(0.02), AtomicTimeGrid.until(2, dt), densities=True).densities
    assert truth is not None
    predicted = truth[1:] + 1e-3 * np.random.default_rng(1).normal(size=truth[1:].shape)
    density_loss = np.mean(np.abs(predicted - truth[1:]) ** 2)
    change_loss = np.mean(np.abs((predicted - truth[:-1]) / dt - (truth[1:] - truth[:-1]) / dt) ** 2)
    np.testing.assert_allclose(change_loss, density_loss / dt**2, rtol=1e-9)


def test_h2_has_no_transverse_response_in_this_basis(structure: Callable[..., Structure]) -> None:
    """No p functions: H2 cannot test selection rules, LiH can."""
    grid = AtomicTimeGrid.until(5, 0.1)
    across = Kick(0.01, (1.0, 0.0, 0.0))
    assert np.abs(evolve(structure("h2"), across, grid).induced).max() < 1e-12
    assert np.abs(evolve(structure("lih"), across, grid).induced[:, 0]).max() > 1e-3


def test_overlap_of_short_spectra_hides_a_shift_of_half_an_electronvolt() -> None:
    overlaps = []
    for horizon in (24.0, 400.0):
        grid = AtomicTimeGrid.until(horizon, 0.2)
        spectra = [
            absorption(np.sin(frequency * grid.times_au), 1.0, grid, 3.0 / horizon)[1]
            for frequency in (0.5516, 0.5516 + 0.5 / 27.2114)
        ]
        first, second = (np.maximum(one, 0) for one in spectra)
        overlaps.append(float(first @ second / np.sqrt((first @ first) * (second @ second))))
    assert overlaps[0] > 0.98
    assert overlaps[1] < 0.5
