"""The correction potential: derivatives, invariances, a fit of something known, and structure whatever the weights."""

from dataclasses import asdict

import numpy as np
import pytest

from harness.errors import InputError
from harness.surrogates.weights import read_arrays
from harness.tasks.kstep.cli.train import train_kernel
from harness.tasks.kstep.forces import Counted, Gfn2, Mmff, numerical_forces
from harness.tasks.kstep.integrators import Respa, run
from harness.tasks.kstep.kernel import KernelPotential, Labels, Plus, fit
from harness.tasks.kstep.kernel.descriptor import inverse_distances, jacobian
from harness.tasks.kstep.kernel.fitting import farthest_first
from harness.tasks.kstep.kernel.labels import labelled
from harness.tasks.kstep.kernel.learning import Recipe, learn, residual, sampled
from harness.tasks.kstep.kernel.symmetry import symmetries
from harness.tasks.kstep.kernel.weights import MODEL, PRETRAINED, SCHEMA, load_kernel, read, save
from harness.tasks.kstep.linear_map import linear_map, normal_modes, reduced, respa_matrix, verlet_shift_cm, vibrations
from harness.tasks.kstep.minimum import hessian
from harness.tasks.kstep.state import State
from tests.tasks.kstep.examples import ethanol, methanol, needs, shaken, start

needs("tblite", "rdkit", "gfnff")


def random_potential(molecule, seed=4) -> KernelPotential:
    """Any weights: what holds for them holds whatever is learned."""
    rng = np.random.default_rng(seed)
    centres = inverse_distances(np.array([shaken(molecule, seed=number) for number in range(5)]))
    return KernelPotential(
        centres, 2.0 * rng.standard_normal(centres.shape), 20.0, 0.0, molecule.topology, symmetries(molecule)
    )


def turned(positions, seed=5):
    matrix, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((3, 3)))
    return positions @ matrix.T + 0.3, matrix


def test_the_jacobian_of_the_descriptor():
    x = methanol().positions_nm
    slopes = jacobian(x)
    for place in range(x.size):
        moved = np.zeros(x.size)
        moved[place] = 1e-6
        difference = inverse_distances(x + moved.reshape(x.shape)) - inverse_distances(x - moved.reshape(x.shape))
        assert np.allclose(slopes[:, place], difference / 2e-6, atol=1e-6)


def test_its_force_is_minus_its_gradient_and_turns_with_the_molecule():
    molecule = ethanol()
    potential, positions = random_potential(molecule), shaken(molecule)
    energy, forces = potential(positions)
    assert np.abs(forces - numerical_forces(potential, positions)).max() < 1e-6 * np.abs(forces).max()
    moved, matrix = turned(positions)  # a reflection too, for some seeds
    other, others = potential(moved)
    assert other == pytest.approx(energy, rel=1e-12)
    assert np.allclose(others, forces @ matrix.T, atol=1e-9)


def test_it_is_the_same_for_permuted_hydrogens():
    """A rotation of the methyl group by 120° that exchanges three hydrogens, among the 12 permutations of ethanol."""
    molecule = ethanol()
    permutations = symmetries(molecule)
    assert len(permutations) == 12
    potential, positions = random_potential(molecule), shaken(molecule)
    for order in permutations:
        assert potential(positions[order])[0] == pytest.approx(potential(positions)[0], rel=1e-12)


def test_it_vanishes_far_from_its_centres():
    molecule = methanol()
    potential = random_potential(molecule)
    near, far = np.abs(potential(shaken(molecule))[1]).max(), np.abs(potential(0.1 * molecule.positions_nm)[1]).max()
    assert far < 1e-3 * near


def test_a_potential_of_the_same_form_is_found_again():
    """Forces of a potential with the same centres and permutations are fitted to rounding and regularisation."""
    molecule = methanol()
    truth = random_potential(molecule)
    places = np.array([shaken(molecule, seed=number) for number in range(40)])
    answers = [truth(x) for x in places]
    labels = Labels(places, np.array([e for e, _ in answers]), np.array([f for _, f in answers]))
    found = fit(molecule, labels, centres=40)
    fresh = np.array([shaken(molecule, seed=100 + number) for number in range(20)])
    due = np.array([truth(x)[1] for x in fresh])
    error = np.array([found(x)[1] for x in fresh]) - due
    assert np.sqrt((error**2).mean()) < 0.1 * np.sqrt((due**2).mean())
    assert found(fresh[0])[0] - found(fresh[1])[0] == pytest.approx(truth(fresh[0])[0] - truth(fresh[1])[0], abs=0.5)


def test_shuffled_labels_teach_nothing():
    """The negative control: with the forces of other geometries fresh residuals are no smaller than without."""
    molecule = methanol()
    quantum, inner = Gfn2(molecule), Mmff(molecule)
    labels = labelled(sampled(molecule, inner, 60, 3), quantum, inner)
    order = np.random.default_rng(1).permutation(len(labels))
    shuffled = Labels(labels.positions_nm, labels.energies, labels.forces[order])
    fresh = labelled(sampled(molecule, inner, 30, 4), quantum, inner)
    without = np.sqrt((fresh.forces**2).mean())
    assert residual(fit(molecule, labels, 40), fresh)[0] < 0.5 * without
    assert residual(fit(molecule, shuffled, 40), fresh)[0] > 0.9 * without


@pytest.mark.parametrize("seed", [1, 2])
def test_respa_reverses_with_any_weights(seed):
    molecule = methanol()
    inner = Plus(Mmff(molecule), random_potential(molecule, seed))
    respa = Respa(Counted(Gfn2(molecule)), inner, molecule.masses_da, 0.25e-3, 8)
    there = run(respa, start(molecule), 20)
    back = run(respa, State(there.positions_nm[-1], -there.velocities_nm_ps[-1]), 20)
    assert np.abs(back.positions_nm[-1] - molecule.positions_nm).max() < 1e-10


@pytest.mark.parametrize("k", [8, 12])
def test_the_packaged_correction_of_ethanol_has_the_frequencies_of_the_base_step(k):
    """Its linear map is off by no more than 2 cm⁻¹ beyond velocity Verlet of 0.25 fs, and stable; MMFF94 alone is off
    by 8 and 23."""
    molecule = ethanol()
    positions, masses = molecule.positions_nm, molecule.masses_da
    space = vibrations(positions, masses)
    quantum = hessian(Gfn2(molecule), positions)
    exact, _ = normal_modes(quantum, positions, masses)

    def beyond(inner) -> tuple[float, float]:
        curvature = reduced(hessian(inner, positions), masses, space)
        found = linear_map(respa_matrix(reduced(quantum, masses, space), curvature, 0.25e-3, k), k * 0.25e-3)
        shift = np.abs(found.frequencies_cm - exact - verlet_shift_cm(exact, 0.25e-3)).max()
        return float(shift), found.largest_modulus

    mmff = Mmff(molecule)
    shift, modulus = beyond(Plus(mmff, load_kernel(molecule, mmff.name)))
    assert shift < 2
    assert abs(modulus - 1) < 1e-9
    assert beyond(mmff)[0] > 5


def test_learning_is_a_function_of_the_recipe_and_survives_the_disk(tmp_path):
    molecule = methanol()
    recipe = Recipe(labels=40, first_round=15, centres=15, seed=2)
    one, other = (learn(molecule, Gfn2(molecule), Mmff(molecule), recipe) for _ in range(2))
    assert one.held_out[0] > 0.5 * residual(one.potential, one.labels)[0]
    assert one.held_out[1] > one.held_out[0]
    for name, learned in (("one", one), ("other", other)):
        save(tmp_path / f"{name}.safetensors", learned.potential, learned.record)
    assert (tmp_path / "one.safetensors").read_bytes() == (tmp_path / "other.safetensors").read_bytes()
    found = read(tmp_path / "one.safetensors", molecule, "MMFF94")
    assert np.array_equal(found(shaken(molecule))[1], one.potential(shaken(molecule))[1])
    with pytest.raises(InputError, match="another molecule"):
        read(tmp_path / "one.safetensors", ethanol(), "MMFF94")
    with pytest.raises(InputError, match="correction of MMFF94, not of GFN-FF"):
        read(tmp_path / "one.safetensors", molecule, "GFN-FF")


@pytest.mark.parametrize("name", ["methanol", "ethanol", "acetamide"])
def test_packaged_corrections_are_made_by_the_command_without_options(name):
    """Their recipe is the default one, and so are the options of the command."""
    record = read_arrays(PRETRAINED / f"kstep-kernel-{name}.safetensors", MODEL, SCHEMA).record
    assert record["recipe"] == asdict(Recipe())
    options = {option.name: option.default for option in train_kernel.params}
    assert {key: options[key] for key in ("labels", "centres", "width", "seed")} == {
        key: getattr(Recipe(), key) for key in ("labels", "centres", "width", "seed")
    }
    assert (record["inner"], options["inner"]) == ("MMFF94", "mmff")
    assert record["width"] == Recipe().width


def test_centres_are_spread_and_never_taken_twice():
    rows = np.array([[0.0], [0.1], [5.0], [5.1], [10.0]])
    assert farthest_first(rows, 3).tolist() == [0, 4, 2]
    assert sorted(farthest_first(rows, 9).tolist()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"labels": 10}, "labels"),
        ({"first_round": 1}, "first_round"),
        ({"centres": 0}, "centres"),
        ({"width": 0.0}, "width = 0 / nm"),
    ],
)
def test_recipes_that_cannot_be_are_refused(values, message):
    with pytest.raises(InputError, match=message):
        Recipe(**values)
