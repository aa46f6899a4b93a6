"""A molecule in a water cluster: the same as ASE's coupling, water by MMFF94, and energy that RESPA conserves."""

import numpy as np
import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.errors import InputError
from harness.tasks.kstep.forces import Gfn2, Mmff, numerical_forces
from harness.tasks.kstep.forces.embedding import OnSolute, in_water
from harness.tasks.kstep.kernel.weights import load_kernel
from harness.tasks.kstep.measure.drift import slope
from harness.tasks.kstep.qmmm import cluster_of, energy_paths
from harness.tasks.kstep.references import resolve
from harness.tasks.kstep.steps import Step
from harness.tasks.kstep.units import ANGSTROM_NM
from tests.tasks.kstep.examples import methanol, needs

needs("tblite", "rdkit", "ase")

KJ_MOL_PER_EV = 96.48533212331
"""CODATA 2018: e N_A."""


@pytest.fixture(scope="module")
def cluster():
    return cluster_of(methanol(), 4)


def calculator(force):
    """A force of the harness as a calculator of ASE: Å, eV."""
    from ase.calculators.calculator import Calculator

    class Wrapped(Calculator):
        def __init__(self):
            super().__init__()
            self.implemented_properties = ["energy", "forces"]

        def calculate(self, atoms, properties, system_changes):
            super().calculate(atoms, properties, system_changes)
            energy, forces = force(atoms.positions * ANGSTROM_NM)
            self.results = {"energy": energy / KJ_MOL_PER_EV, "forces": forces * ANGSTROM_NM / KJ_MOL_PER_EV}

    return Wrapped()


def test_it_is_the_coupling_of_ase(cluster):
    """ASE's SimpleQMMM with GFN2-xTB for the solute and MMFF94 for everything, minus MMFF94 of the solute."""
    from ase import Atoms
    from ase.calculators.qmmm import SimpleQMMM

    x = cluster.molecule.positions_nm + 0.002 * np.random.default_rng(1).standard_normal((len(cluster.molecule), 3))
    atoms = Atoms(cluster.molecule.numbers, x / ANGSTROM_NM)
    parts = (calculator(force) for force in (Gfn2(methanol()), Mmff(methanol()), cluster.field))
    atoms.calc = SimpleQMMM(list(range(len(methanol()))), *parts)
    energy, forces = cluster.force(resolve())(x)
    assert atoms.get_potential_energy() * KJ_MOL_PER_EV == pytest.approx(energy, abs=1e-3)
    assert np.abs(atoms.get_forces() * KJ_MOL_PER_EV / ANGSTROM_NM - forces).max() < 0.05


def test_water_attracts_the_solute_and_its_force_is_a_gradient(cluster):
    """Without the interactions between molecules a cluster has the energy of its parts."""
    energy = cluster.field(cluster.molecule.positions_nm)[0]
    apart = cluster.molecule.positions_nm.copy()
    apart[len(methanol()) :] += 50.0
    assert energy < cluster.field(apart)[0] - 20
    x = cluster.molecule.positions_nm
    assert np.abs(cluster.field(x)[1] - numerical_forces(cluster.field, x)).max() < 1e-3
    correction = OnSolute(load_kernel(methanol(), Mmff.name), len(methanol()))
    assert not correction(x)[1][len(methanol()) :].any()


def test_the_learned_correction_of_the_solute_keeps_the_energy_better_at_equal_calls(cluster):
    starts = [cluster.start(300.0, 1)]
    paths = {name: energy_paths(cluster, name, resolve(), Step(8), starts, 0.4)[0] for name in ("kernel", "respa-mmff")}
    assert [path.qm_calls for path in paths.values()] == [201, 201]
    assert slope(paths["kernel"])[1] < 0.6 * slope(paths["respa-mmff"])[1]


def test_the_verb_writes_frames_and_says_what_the_energy_does(tmp_path):
    out = tmp_path / "path.xyz"
    arguments = ["kstep", "solvated", "methanol", "--waters", "2", "--steps", "10", "--out", str(out)]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert "10 of 10 macro steps, 11 quantum calls; slope" in done.stderr
    assert len(out.read_text().splitlines()) == 11 * (6 + 6 + 2)
    with pytest.raises(InputError, match="no kernel potential of phenol"):
        CliRunner().invoke(cli, ["kstep", "solvated", "phenol", "--steps", "10"], catch_exceptions=False)


def test_waters_are_molecules_of_their_own():
    made = in_water(methanol(), 2)
    assert len(made) == 12
    assert sum(1 for i, j, _ in made.bonds if i >= 6 and j >= 6) == 4
