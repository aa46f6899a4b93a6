"""Labels and signs that a spectrum does not tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness import load_molecule
from harness.tasks.spins.inverse.labelling import exchanges
from harness.tasks.spins.inverse.line_derivatives import lines_of
from harness.tasks.spins.inverse.measured import fit_measured
from harness.tasks.spins.inverse.parameters import of_molecule
from harness.tasks.spins.systems import Molecule
from tests.inverse.synthetic import FIELD_T, GRID, fid_of, moved, spins

ABX = spins("ABX", [2.85, 2.70, 4.0], {(0, 1): -14.0, (0, 2): 4.5, (1, 2): 9.5})


@pytest.mark.parametrize("molecule", [ABX, load_molecule("tyrosine"), load_molecule("gaba")], ids=lambda m: m.name)
def test_every_exchange_leaves_the_signal_as_it_is(molecule: Molecule) -> None:
    """With the couplings that are fixed left out: they need not be alike."""
    system = molecule.at(FIELD_T)
    parameters = of_molecule(molecule, system, 0.5)
    parameters = replace(parameters, template=system.with_(couplings_hz=np.zeros_like(system.couplings_hz)))
    theta = parameters.mean_of(system) + np.arange(len(parameters))
    signal = lines_of(parameters.system(theta), None, 1.0).signal(GRID)
    known = exchanges(parameters)
    assert known
    for exchange in known:
        other = lines_of(parameters.system(theta[exchange.order]), None, 1.0).signal(GRID)
        np.testing.assert_allclose(other, signal, atol=1e-7)


def test_ring_halves_change_places_together() -> None:
    molecule = load_molecule("tyrosine")
    found = [dict(e.labels) for e in exchanges(of_molecule(molecule, molecule.at(FIELD_T), 0.5))]
    assert {"HD1": "HD2", "HD2": "HD1", "HE1": "HE2", "HE2": "HE1"} in found
    assert {"HD1": "HD2", "HD2": "HD1"} not in found


def test_the_labelling_nearest_to_the_molecule_is_given_and_the_other_named() -> None:
    start = moved(ABX, [2.72, 2.71, 4.0])
    near = moved(ABX, [2.70, 2.73, 4.0])
    fit = fit_measured(fid_of(near), start)
    values = dict(zip(fit.parameters.names, fit.theta, strict=True))
    # With labels as in the start: shifts say one thing, couplings another, and 5 Hz weigh more than 0.02 ppm.
    assert abs(values["J A C"] - 4.5) < 0.05
    assert abs(values["J B C"] - 9.5) < 0.05
    assert [dict(e.labels) for e in fit.exchangeable] == [{"A": "B", "B": "A"}]


def test_signs_that_do_not_show_are_those_of_the_molecule() -> None:
    ax = spins("AX", [1.2, -1.1], {(0, 1): -7.3})
    for sign in (1.0, -1.0):
        fit = fit_measured(fid_of(ax), moved(ax, ax.shifts_ppm, sign * np.abs(ax.couplings_hz) * 0.6))
        assert fit.verdict.found
        assert abs(fit.theta[-1] - sign * 7.3) < 0.02
