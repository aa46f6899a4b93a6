"""Surrogates and baselines: what they must reproduce, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.errors import InputError
from harness.tasks.tddft.casida import excitations
from harness.tasks.tddft.fields import Kick, Pulse
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.anchored import Anchored
from harness.tasks.tddft.models.frozen import Frozen
from harness.tasks.tddft.models.geometry import GeometryModel
from harness.tasks.tddft.models.kernel import Kernel
from harness.tasks.tddft.models.kernel_quadrature import KernelQuadrature, contributions, kernel_quadrature, leading
from harness.tasks.tddft.models.registry import SUBJECTS, load_subject
from harness.tasks.tddft.models.ridge import Ridge, symmetric_regression
from harness.tasks.tddft.models.snapshots import Snapshots
from harness.tasks.tddft.models.stored import FOLDER, load_geometry
from harness.tasks.tddft.packing import coordinates, from_coordinates, pack, unpack
from harness.tasks.tddft.populations import FieldRange, MolecularPopulation
from harness.tasks.tddft.propagators import evolve
from harness.tasks.tddft.structure import Structure, molecule_of
from harness.tasks.tddft.system_file import load_system
from harness.tasks.tddft.trajectory import induced

PULSE = Pulse(0.02, 0.4336, (1.0, 1.0, 1.0))
GRID = AtomicTimeGrid.until(20, 0.2)


def _error(found: np.ndarray, truth: np.ndarray) -> float:
    return float(np.linalg.norm(found - truth) / np.linalg.norm(truth))


@pytest.mark.parametrize("functional", ["hf", "lda", "pbe", "pbe0"])
@pytest.mark.parametrize("multiplicity", [1, 2])
def test_fock_matrix_and_energy_are_those_of_pyscf(
    structure: Callable[..., Structure], functional: str, multiplicity: int
) -> None:
    """The plain twin: PySCF's own Fock matrix for a density that is no ground state."""
    from pyscf import dft, scf

    from harness.tasks.tddft.quadrature import code_of

    made = structure("lih", functional=functional, multiplicity=multiplicity, charge=multiplicity - 1, quadrature=1)
    molecule = molecule_of(made.system)
    kind = "R" if multiplicity == 1 else "U"
    if functional == "hf":
        solver = getattr(scf, f"{kind}HF")(molecule)
    else:
        solver = getattr(dft, f"{kind}KS")(molecule, xc=code_of(functional))
        solver.grids.level = 1
    density = np.real(evolve(made, Kick(0.1, (1, 1, 1)), AtomicTimeGrid.until(2, 0.2), densities=True).densities[-1])
    inverse = np.linalg.inv(made.root)
    plain = made.weight * inverse @ density @ inverse
    plain = plain[0] if multiplicity == 1 else plain
    theirs = inverse @ np.asarray(solver.get_fock(dm=plain)).reshape(density.shape) @ inverse
    assert np.abs(np.real(made.fock(density)) - theirs).max() < 1e-9
    assert made.energy(density) == pytest.approx(solver.energy_tot(dm=plain), abs=1e-9)


@pytest.mark.parametrize("multiplicity", [1, 2])
@pytest.mark.parametrize("functional", ["hf", "lda", "pbe0"])
def test_excitations_are_those_of_pyscf(
    structure: Callable[..., Structure], functional: str, multiplicity: int
) -> None:
    from pyscf import dft, scf, tdscf

    from harness.tasks.tddft.quadrature import code_of

    made = structure("lih", functional=functional, multiplicity=multiplicity, charge=multiplicity - 1, quadrature=1)
    molecule = molecule_of(made.system)
    kind = "R" if multiplicity == 1 else "U"
    if functional == "hf":
        solver = getattr(scf, f"{kind}HF")(molecule)
    else:
        solver = getattr(dft, f"{kind}KS")(molecule, xc=code_of(functional))
        solver.grids.level = 1
    solver.conv_tol = 1e-12
    solver.kernel()
    theirs = (tdscf.TDHF if functional == "hf" else tdscf.TDDFT)(solver)
    theirs.nstates, theirs.verbose = 5, 0
    theirs.kernel()
    found = excitations(made)
    np.testing.assert_allclose(found.energies_au[:5], theirs.e, atol=1e-6)
    np.testing.assert_allclose(found.strengths[:5], theirs.oscillator_strength(), atol=1e-5)


def test_linear_response_is_the_limit_of_weak_fields(structure: Callable[..., Structure]) -> None:
    lih = structure("lih")
    found = excitations(lih)
    errors = []
    for strength in (2e-4, 1e-4):
        pulse = Pulse(strength, 0.15, (0, 1, 1))
        truth = evolve(lih, pulse, AtomicTimeGrid.until(30, 0.05)).induced[::4]
        errors.append(_error(found.induced(pulse, AtomicTimeGrid.until(30, 0.2)), truth))
    assert errors[1] < 1e-3
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.2)


def test_packing_is_undone() -> None:
    generator = np.random.default_rng(1)
    matrix = generator.normal(size=(2, 5, 5)) + 1j * generator.normal(size=(2, 5, 5))
    matrix = matrix + matrix.conj().swapaxes(1, 2)
    np.testing.assert_allclose(unpack(*pack(matrix), 5), matrix)
    real, imaginary = coordinates(matrix)
    np.testing.assert_allclose(from_coordinates(real, imaginary, 5), matrix)
    assert (real**2).sum() + (imaginary**2).sum() == pytest.approx(np.linalg.norm(matrix) ** 2)


@pytest.mark.parametrize("name", ["h2", "lih", "h2o", "h2_plus"])
def test_the_kernel_is_exact_for_hartree_fock(structure: Callable[..., Structure], name: str) -> None:
    made = structure(name)
    truth = evolve(made, PULSE, GRID).induced
    assert _error(evolve(made, PULSE, GRID, model=Kernel.of(made)).induced, truth) < 1e-10
    assert _error(evolve(made, PULSE, GRID, model=Frozen.of(made)).induced, truth) > 1e-2 or name == "h2_plus"


def test_symmetric_regression_finds_a_symmetric_map() -> None:
    generator = np.random.default_rng(2)
    exact = generator.normal(size=(6, 6))
    exact = exact + exact.T
    inputs = generator.normal(size=(40, 6))
    noisy = inputs @ exact + 1e-6 * generator.normal(size=(40, 6))
    found = symmetric_regression(inputs, noisy, 1e-14)
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    np.testing.assert_allclose(found, exact, atol=1e-5)
    residual = inputs @ found - noisy
    gradient = inputs.T @ residual
    np.testing.assert_allclose(gradient + gradient.T, 0, atol=1e-9)


@pytest.fixture(scope="module")
def learned(structure: Callable[..., Structure]) -> tuple[Structure, Snapshots]:
    """H2 in LDA under eight pulses: small, and not linear."""
    made = structure("h2", functional="lda", quadrature=0)
    ranges = FieldRange("pulse", (0.01, 0.1))
    population = MolecularPopulation("test", "h2", ranges, GRID, "lda", 0)
    evolutions = [evolve(made, one.field, GRID, densities=True) for one in population.draw(8, 3)]
    return made, Snapshots.of(made, evolutions, 2)


def test_few_points_carry_the_terms_beyond_first_order(learned: tuple[Structure, Snapshots]) -> None:
    made, snapshots = learned
    pulse = Pulse(0.06, 0.5, (0.0, 0.3, 1.0))
    truth = evolve(made, pulse, GRID).induced
    model = kernel_quadrature(made)
    assert isinstance(model, KernelQuadrature)
    assert made.quadrature is not None
    assert len(model.points.weights) < len(made.quadrature.weights) / 2
    errors = {
        "kernel": _error(evolve(made, pulse, GRID, model=Kernel.of(made)).induced, truth),
        "ridge": _error(evolve(made, pulse, GRID, model=Ridge.fitted(snapshots)).induced, truth),
        "few": _error(evolve(made, pulse, GRID, model=model).induced, truth),
        "all": _error(evolve(made, pulse, GRID, model=kernel_quadrature(made, 1.0)).induced, truth),
    }
    assert errors["few"] < 0.4 * errors["kernel"]
    assert errors["ridge"] < 0.2
    assert errors["all"] < 1e-10


@pytest.mark.parametrize("functional", ["lda", "pbe", "pbe0"])
@pytest.mark.parametrize("multiplicity", [1, 2])
def test_any_points_leave_the_model_exact_to_first_order(
    structure: Callable[..., Structure], functional: str, multiplicity: int
) -> None:
    """Of a change of D, half of it has a quarter of the error, on all points, on few, and on closed and open shells."""
    made = structure("lih", functional=functional, multiplicity=multiplicity, charge=multiplicity - 1, quadrature=0)
    density = evolve(made, Kick(0.02, (1, 1, 1)), AtomicTimeGrid.until(4, 0.2), densities=True).densities[-1]
    for share in (0.3, 0.9):
        model = kernel_quadrature(made, share)
        errors = []
        for part in (0.004, 0.002):
            between = made.ground + part * (density - made.ground)
            errors.append(np.abs(model.fock(between, 0.0) - made.fock(between)).max())
        assert errors[1] > 1e-11  # the points do not carry all
        assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.15)
        assert np.abs(model.fock(made.ground, 0.0) - made.fock(made.ground)).max() < 1e-12


def test_the_points_are_those_of_the_symmetry_of_the_molecule(structure: Callable[..., Structure]) -> None:
    water = structure("h2o", functional="lda", quadrature=0)
    assert water.quadrature is not None
    contributed = contributions(water, water.quadrature)
    chosen = leading(contributed, 0.9)
    assert contributed[chosen].sum() == pytest.approx(0.9 * contributed.sum(), rel=0.01)
    # A point off the planes of symmetry of C2v has three images with the same contribution; no orbit is split.
    largest_left_out = np.delete(contributed, chosen).max()
    assert largest_left_out < contributed[chosen].min() * (1 - 1e-6)
    assert len(np.unique(np.round(np.log(contributed[chosen]), 6))) < 0.6 * len(chosen)
    np.testing.assert_array_equal(leading(np.array([1.0, 4.0, 1.0 + 1e-9, 4.0, 0.1]), 0.85), [0, 1, 2, 3])


def test_the_quadrature_of_hartree_fock_has_no_points(structure: Callable[..., Structure]) -> None:
    assert isinstance(kernel_quadrature(structure("h2")), Kernel)


def test_anchors_reduce_the_error_of_the_kernel(learned: tuple[Structure, Snapshots]) -> None:
    made, _ = learned
    pulse = Pulse(0.06, 0.5, (0.0, 0.3, 1.0))
    truth = evolve(made, pulse, GRID).induced
    kernel = Kernel.of(made)
    alone = _error(evolve(made, pulse, GRID, model=kernel).induced, truth)
    errors, builds = [], []
    for interval in (1.6, 0.8, 0.4):
        model = Anchored(kernel, made, interval)
        errors.append(_error(evolve(made, pulse, GRID, model=model).induced, truth))
        builds.append(model.true_builds)
    assert errors[0] < alone
    assert errors[2] < errors[1] < errors[0]
    assert builds[0] == pytest.approx(20 / 1.6, abs=2)
    always = Anchored(kernel, made, 1e-6)
    assert _error(evolve(made, pulse, GRID, model=always).induced, truth) < 1e-12


def test_adaptive_anchors_follow_the_defect(learned: tuple[Structure, Snapshots]) -> None:
    made, _ = learned
    pulse = Pulse(0.06, 0.5)
    spent = []
    for tolerance in (1e-3, 1e-5):
        model = Anchored(Kernel.of(made), made, 0.4, tolerance)
        evolve(made, pulse, GRID, model=model)
        spent.append(model.true_builds)
    assert spent[0] < spent[1]


def test_polynomials_of_the_geometry_reach_geometries_never_seen() -> None:
    model = load_geometry(FOLDER / "geometry-lih.safetensors")
    ranges = FieldRange("pulse", (0.01, 0.05))
    population = MolecularPopulation("unseen", "lih", ranges, GRID, flexible=True)
    for system in population.draw(2, 9):
        truth = load_subject("cfm4").answer(system, GRID)
        found = load_subject("geometry").answer(system, GRID)
        assert _error(induced(found), induced(truth)) < 5e-5
        assert found.arrays["energy"][0] == pytest.approx(truth.arrays["energy"][0], abs=1e-6)
    wide = replace(load_system("lih"), positions_bohr=((0, 0, 0), (0, 0, 4.5)))
    assert model.outside(wide) > 1
    with pytest.raises(InputError, match="outside the ranges"):
        model.structure(wide)
    with pytest.raises(InputError, match="standard frame"):
        model.structure(replace(load_system("lih"), positions_bohr=((0, 0, 0), (3.0, 0, 0))))


def test_a_refit_gives_the_packaged_polynomials() -> None:
    np.testing.assert_allclose(
        GeometryModel.fitted("h2").coefficients,
        load_geometry(FOLDER / "geometry-h2.safetensors").coefficients,
        atol=1e-9,
    )


@pytest.mark.parametrize(("strength", "limit"), [(0.005, 5e-4), (0.02, 2e-3)])
def test_packaged_models_on_fresh_pulses(structure: Callable[..., Structure], strength: float, limit: float) -> None:
    water = structure("h2o", functional="lda", quadrature=1)
    system = water.system.under(Pulse(strength, 0.37, (0.4, -0.2, 1.0)))
    grid = AtomicTimeGrid.until(20, 0.2)
    truth = induced(load_subject("cfm4").answer(system, grid))
    errors = {
        n: _error(induced(load_subject(n).answer(system, grid)), truth) for n in ("kernel", "kernel+quad", "ridge")
    }
    assert errors["kernel+quad"] < limit
    assert errors["kernel+quad"] < 0.2 * errors["kernel"]
    assert errors["ridge"] < 0.05


def test_learned_models_refuse_other_molecules() -> None:
    with pytest.raises(InputError, match="was trained for H2O lda 6-31g alone"):
        load_subject("ridge").answer(load_system("h2"), GRID)
    with pytest.raises(InputError, match="the model 'geometry' knows h2, lih, h2o"):
        load_subject("geometry").answer(load_system("nh3"), GRID)
    with pytest.raises(InputError, match="did you mean 'kernel'"):
        load_subject("kernl")


def test_prony_continues_few_lines(structure: Callable[..., Structure]) -> None:
    system = load_system("h2").under(Kick(1e-3))
    grid = AtomicTimeGrid.until(150, 0.2)
    truth = induced(load_subject("cfm4").answer(system, grid))
    assert _error(induced(load_subject("prony").answer(system, grid)), truth) < 1e-4
    assert "prony" in SUBJECTS


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    content = bytearray((FOLDER / "geometry-h2.safetensors").read_bytes())
    content[-9] ^= 1
    (tmp_path / "w.safetensors").write_bytes(bytes(content))
    with pytest.raises(InputError, match="checksum"):
        load_geometry(tmp_path / "w.safetensors")


def test_energies_are_given_where_they_cost_nothing_more() -> None:
    system = load_system("h2").under(Pulse(0.02, 0.5))
    grid = AtomicTimeGrid.until(2, 0.2)
    assert "energy" in load_subject("kernel").answer(system, grid).arrays
    lda = replace(system, functional="lda", quadrature=0)
    assert "energy" not in load_subject("kernel").answer(lda, grid).arrays
    assert "energy" in load_subject("cfm4").answer(lda, grid).arrays
