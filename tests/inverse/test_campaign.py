"""A dozen spectra of the campaign (``python -m tests.inverse.campaign`` makes 200), and molecules that are absent."""

from __future__ import annotations

import numpy as np
import pytest

from harness import load_molecule
from harness.tasks.spins.inverse.measured import fit_measured
from harness.tasks.spins.inverse.verdict import Outcome
from tests.inverse.campaign import judged, molecules
from tests.inverse.synthetic import fid_of, spectrum


@pytest.fixture(scope="module")
def done() -> list:
    fits = []
    for k, molecule in enumerate(molecules()):
        one = spectrum(molecule, seed=100 + k)
        fits.append(judged(one, fit_measured(one.fid, one.molecule)))
    return fits


def test_the_right_optimum_is_found_from_shifts_and_couplings_that_are_off(done: list) -> None:
    assert len(done) == 12
    assert [row.name for row in done if not row.right] == []
    assert {row.outcome for row in done} == {Outcome.FOUND}


def test_errors_are_as_large_as_stated(done: list) -> None:
    """Of some 60 errors the rms scatters by 9 %; three times that on either side of the 0.8 to 1.25 asked for."""
    sigmas = np.concatenate([row.sigmas for row in done])
    assert len(sigmas) > 50
    assert 0.7 < np.sqrt(np.mean(sigmas**2)) < 1.4


@pytest.mark.parametrize(("there", "wanted"), [("serine", "cysteine"), ("threonine", "alanine"), ("alanine", "valine")])
def test_molecules_that_are_not_there_are_not_found(there: str, wanted: str) -> None:
    verdict = fit_measured(fid_of(load_molecule(there)), load_molecule(wanted)).verdict
    assert not verdict.found
    assert verdict.evidence
