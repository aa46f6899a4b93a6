"""Equivalent spins as one larger spin, against the plain :mod:`harness.tasks.spins.inverse.line_derivatives`."""

from __future__ import annotations

import numpy as np
import pytest

from harness import TimeGrid, load_molecule
from harness.tasks.spins.inverse.line_derivatives import lines_of
from harness.tasks.spins.inverse.line_model import LineModel
from harness.tasks.spins.inverse.parameters import Parameters, of_molecule

GRID = TimeGrid(500, 2e-3)


@pytest.mark.parametrize(
    "name", ["alanine", "2-ketobutyrate", "valine", "gaba", "phenylalanine", "glycine-13c", "glycine"]
)
def test_signal_and_derivatives_are_those_of_the_plain_lines(name: str) -> None:
    """Lines 2e-4 Hz apart are one: over 1 s that turns phases by 1e-3, of which the first order is kept."""
    molecule = load_molecule(name)
    parameters = of_molecule(molecule, molecule.at(11.74))
    theta = parameters.mean_of(parameters.template)
    plain = lines_of(parameters.system(theta), parameters, GRID.horizon_s)
    fast = LineModel(parameters).lines(theta, 2e-4)
    np.testing.assert_allclose(fast.signal(GRID), plain.signal(GRID), atol=2e-6)
    expected = plain.derivatives(GRID)
    np.testing.assert_allclose(fast.derivatives(GRID), expected, atol=2e-5 * np.abs(expected).max())


def test_only_magnetically_equivalent_spins_are_one_site() -> None:
    """CH3 groups are; the CH2 groups of GABA, with J and J' to the next, are not; nor are spins without a group."""
    valine, gaba, serine = (
        LineModel(of_molecule(m, m.at(11.74), 0.5)).sites for m in map(load_molecule, ("valine", "gaba", "serine"))
    )
    assert sorted(map(len, valine)) == [1, 1, 3, 3]
    assert sorted(map(len, gaba)) == [1] * 6
    assert sorted(map(len, serine)) == [1] * 3


def test_near_degenerate_levels_keep_their_derivatives() -> None:
    """Two protons 1e-5 Hz apart: A is large and cancels between lines that are taken as one."""
    system = load_molecule("serine").at(11.74)
    offsets = system.offsets_hz.copy()
    offsets[2] = offsets[1] + 1e-5
    system = system.with_(offsets_hz=offsets)
    parameters = Parameters(system, ((0,), (1,), (2,)), (((0, 1),), ((0, 2),), ((1, 2),)))
    theta = parameters.of(system)
    expected = lines_of(system, parameters, GRID.horizon_s).derivatives(GRID)
    found = LineModel(parameters).lines(theta, 2e-4).derivatives(GRID)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())
