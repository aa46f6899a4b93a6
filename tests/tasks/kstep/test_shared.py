"""The correction for all molecules: derivatives, invariances, what it learns, and what shuffled labels teach."""

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.kstep.forces import Gfn2, Mmff, numerical_forces
from harness.tasks.kstep.kernel.labels import labelled
from harness.tasks.kstep.kernel.learning import sampled
from harness.tasks.kstep.kernel.symmetry import symmetries
from harness.tasks.kstep.library import load as molecule_of
from harness.tasks.kstep.references import XtbEntries, resolve
from harness.tasks.kstep.shared import Sample, SharedCorrection, fit
from harness.tasks.kstep.shared.features import features
from harness.tasks.kstep.shared.learning import Recipe, learn, residual, samples, shuffled
from harness.tasks.kstep.shared.terms import terms_of
from harness.tasks.kstep.shared.weights import load, save
from harness.tasks.kstep.suites.unseen import mean_ratio, unseen_rows
from harness.tasks.kstep.window import MacroGrid, Window
from tests.tasks.kstep.examples import ethanol, methanol, needs, shaken, start

needs("tblite", "rdkit", "gfnff")

SMALL = Recipe(("methanol", "ethanol", "dimethyl-ether"), labels=30, seed=3)


@pytest.fixture(scope="module")
def made():
    return samples(SMALL, resolve())


@pytest.fixture(scope="module")
def correction(made):
    return fit(made)


def fresh(name: str, seed: int = 9) -> Sample:
    molecule = molecule_of(name)
    inner = Mmff(molecule)
    return Sample(molecule, labelled(sampled(molecule, inner, 20, seed), Gfn2(molecule), inner))


def test_features_have_the_derivatives_that_they_state_and_vanish_far_away():
    u = np.random.default_rng(1).standard_normal((4, 3))
    slopes = features(u, 3)[1]
    for axis in range(3):
        moved = np.zeros(3)
        moved[axis] = 1e-6
        difference = (features(u + moved, 3)[0] - features(u - moved, 3)[0]) / 2e-6
        assert np.allclose(slopes[..., axis], difference, atol=1e-6)
    assert np.abs(features(np.full((1, 3), 15.0), 3)[0]).max() < 1e-12


@pytest.mark.parametrize("name", ["ethanol", "phenol", "acetonitrile"])
def test_its_force_is_minus_its_gradient_and_turns_with_the_molecule(correction, name):
    molecule = molecule_of(name)
    potential, x = correction.of(molecule), shaken(molecule)
    energy, forces = potential(x)
    assert np.abs(forces).max() > 1
    assert np.abs(forces - numerical_forces(potential, x)).max() < 1e-5 * np.abs(forces).max()
    matrix, _ = np.linalg.qr(np.random.default_rng(5).standard_normal((3, 3)))
    other, others = potential(x @ matrix.T + 0.3)
    assert other == pytest.approx(energy, rel=1e-10)
    assert np.allclose(others, forces @ matrix.T, atol=1e-8)


def test_it_is_the_same_for_permuted_hydrogens(correction):
    molecule = ethanol()
    potential, x = correction.of(molecule), shaken(molecule)
    for order in symmetries(molecule):
        assert potential(x[order])[0] == pytest.approx(potential(x)[0], rel=1e-10)


def test_terms_of_rings_have_keys_of_their_own():
    keys = {term.key for term in terms_of(molecule_of("furan"))[1] if term.family == "angle"}
    assert {key for key in keys if key.endswith("ring 5")}
    assert not {key for key in keys if "H1" in key and "ring" in key}


def test_it_leaves_less_force_on_geometries_of_its_molecules_than_shuffled_labels_do(made, correction):
    """Shuffled labels still have the mean force along every bond; what they leave misses the bound."""
    for name in SMALL.molecules:
        sample = fresh(name)
        assert residual(correction, sample) < 0.75 * residual(None, sample)
    control = fit(shuffled(made, 1))
    assert residual(control, fresh("ethanol")) > 0.75 * residual(None, fresh("ethanol"))


def test_a_molecule_without_known_terms_is_left_as_it_is(correction):
    """No nitrile and no nitrogen at all in the training: only terms of C and H remain."""
    every = terms_of(molecule_of("acetonitrile"))[1]
    known = {term.key for term in every if (term.family, term.key) in correction.keys}
    assert known
    assert not any("N" in key for key in known)


def test_it_survives_the_disk_and_a_correction_of_another_force_field_is_refused(made, correction, tmp_path):
    for name in ("one", "other"):
        learned = learn(SMALL, made, resolve())
        save(tmp_path / f"{name}.safetensors", learned.correction, learned.record)
    assert (tmp_path / "one.safetensors").read_bytes() == (tmp_path / "other.safetensors").read_bytes()
    x = shaken(methanol())
    found = load("MMFF94", tmp_path / "one.safetensors")
    assert np.array_equal(found.of(methanol())(x)[1], correction.of(methanol())(x)[1])
    with pytest.raises(InputError, match="a correction of MMFF94, not of GFN-FF"):
        load("GFN-FF", tmp_path / "one.safetensors")
    with pytest.raises(InputError, match="train shared"):
        load("MMFF94", tmp_path / "none")


def test_the_packaged_one_serves_every_molecule_of_the_library():
    packaged = load("MMFF94")
    for name in ("methanol", "imidazole", "aspirin"):
        molecule = molecule_of(name)
        assert np.abs(packaged.of(molecule)(molecule.positions_nm)[1]).max() > 1


def test_recipes_and_fits_that_cannot_be_are_refused():
    with pytest.raises(InputError, match="0 molecules"):
        Recipe(())
    with pytest.raises(InputError, match="no molecules"):
        fit([])


def test_rows_compare_with_the_force_field_alone_for_each_molecule(correction, tmp_path):
    """Of molecules that it was fitted to: the correction helps, a correction without terms changes nothing."""
    found, grid = resolve(cache=XtbEntries((tmp_path,))), MacroGrid(16, 8)
    windows = []
    for molecule in (methanol(), ethanol(), methanol()):
        state = start(molecule, len(windows), 600.0)
        windows.append(Window(molecule.name, molecule, state.positions_nm, state.velocities_nm_ps))
    rows = unseen_rows(found, windows, grid, correction)
    assert [(row.molecule, row.windows) for row in rows] == [("methanol", 2), ("ethanol", 1)]
    assert mean_ratio(rows) < 0.8
    assert mean_ratio(rows) == pytest.approx((rows[0].ratio * rows[1].ratio) ** 0.5)
    assert mean_ratio(unseen_rows(found, windows[:1], grid, SharedCorrection({}))) == pytest.approx(1, abs=1e-6)
