"""Integrals and ground state of a molecule in the Löwdin basis, where all propagation takes place.

X = S^-1/2. Operators become X O X, density matrices S^½ P S^½: one Hermitian matrix D for each spin with D² = D and
Tr D = the number of its electrons (restricted: D = S^½ P S^½ / 2, one matrix for both spins).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import InputError
from harness.requirements import install_command
from harness.tasks.tddft.ground_state import sharpened
from harness.tasks.tddft.packing import PackedMap, coulomb_and_exchange
from harness.tasks.tddft.systems import FUNCTIONALS, MolecularSystem

if TYPE_CHECKING:
    from harness.tasks.tddft.quadrature import Quadrature

SMALLEST_OVERLAP = 1e-6
MOST_MEMORY_BYTES = 8 * 2**30
"""Largest memory of the integrals (ij|kl) and their packed maps: n up to about 130."""
STRUCTURES_KEPT = 8
SCF_TOLERANCE, GRADIENT_TOLERANCE, MOST_CYCLES = 1e-13, 1e-8, 200


@dataclass(frozen=True, eq=False)
class Structure:
    """All that is needed to build Fock matrices of one molecule.

    Parameters
    ----------
    system
        The molecule (its field does not matter here).
    core
        (n, n) h = kinetic energy and attraction by the nuclei.
    dipole
        (3, n, n) matrices of x, y, z, origin at (0, 0, 0).
    interaction
        G[D] = J[ΣD] - c·K[D].
    quadrature
        Exchange and correlation, None for Hartree-Fock.
    root
        (n, n) S^½, which leads back to atomic orbitals: P = S^-½ D S^-½.
    nuclear_energy, nuclear_dipole
        Repulsion, and Σ Z R, (3,).
    ground
        (s, n, n) the density of the ground state.
    shells
        (n,) the index of the shell that each basis function belongs to.
    """

    system: MolecularSystem
    core: np.ndarray
    dipole: np.ndarray
    interaction: PackedMap
    quadrature: Quadrature | None
    root: np.ndarray
    nuclear_energy: float
    nuclear_dipole: np.ndarray
    ground: np.ndarray
    shells: np.ndarray

    @property
    def size(self) -> int:
        """Number of basis functions n."""
        return len(self.core)

    @property
    def spins(self) -> int:
        """Number of density matrices: 1 restricted, 2 unrestricted."""
        return len(self.ground)

    @property
    def weight(self) -> int:
        """Electrons for each of the density matrices' occupations: 2 restricted, 1 unrestricted."""
        return 2 // self.spins

    def fock(self, density: np.ndarray, time_au: float = 0.0) -> np.ndarray:
        """F[D] without the field, (s, n, n); complex Hermitian."""
        fock = self.core + self.interaction(density)
        if self.quadrature is not None:
            fock += self.quadrature(density)[0]
        return fock

    def energy(self, density: np.ndarray) -> float:
        """Total energy without that of the field."""
        interaction = np.einsum("sij,sji->", self.interaction(density), density).real / 2
        energy = np.einsum("ij,sji->", self.core, density).real + interaction
        exchange_correlation = 0.0 if self.quadrature is None else self.quadrature(density)[1]
        return float(self.weight * energy + exchange_correlation + self.nuclear_energy)

    def moment(self, density: np.ndarray) -> np.ndarray:
        """(3,) the dipole moment Σ Z R - Tr P r; of (…, s, n, n) it is (…, 3)."""
        electrons = np.einsum("xij,...sji->...x", self.dipole, np.real(density))
        return self.nuclear_dipole - self.weight * electrons

    @cached_property
    def response(self) -> PackedMap:
        """dF/dD at the ground state: the interaction, and the kernel of exchange and correlation; computed once."""
        if self.quadrature is None:
            return self.interaction
        return self.interaction.plus(self.quadrature.kernel(self.ground))

    def to_atomic_orbitals(self, density: np.ndarray) -> np.ndarray:
        """P (…, n, n), summed over spins, of D (…, s, n, n)."""
        inverse = np.linalg.inv(self.root)
        return self.weight * (inverse @ density @ inverse).sum(axis=-3)

    def from_atomic_orbitals(self, density: np.ndarray) -> np.ndarray:
        """D (…, s, n, n) of P (…, s, n, n), one for each spin; restricted: of the total P."""
        return self.root @ density @ self.root / self.weight

    def check_density(self, density: np.ndarray, tolerance: float = 1e-6) -> None:
        """Refuse a density (s, n, n) that is not Hermitian or holds another number of electrons.

        Raises
        ------
        InputError
            Naming the defect and its size.
        """
        if density.shape != self.ground.shape:
            raise InputError(f"density: shape {density.shape} where {self.ground.shape} is needed")
        defect = float(np.abs(density - density.conj().swapaxes(-1, -2)).max())
        if not defect <= tolerance:
            raise InputError(f"density: is not Hermitian, max|D - D†| = {defect:.2g}: give all of the complex matrix")
        for spin, electrons in enumerate(self.system.occupied):
            trace = float(np.trace(density[spin]).real)
            if not abs(trace - electrons) <= tolerance * max(1, electrons):
                raise InputError(
                    f"density: spin {spin} has trace {trace:.8g}, the molecule has {electrons} electrons there: "
                    "give D of the orthogonal basis, not P of atomic orbitals"
                )


def structure_of(system: MolecularSystem) -> Structure:
    """Integrals and ground state of a molecule; the last few are remembered.

    Raises
    ------
    InputError
        If PySCF is missing, the basis is unknown or nearly linearly dependent, the integrals do not fit into memory,
        or the ground state does not converge.
    """
    return _structure(_Ground(system))


def structure_on(system: MolecularSystem, points: np.ndarray) -> Structure:
    """The same with exchange and correlation summed over ``points`` (points, 4), places in bohr and weights, in place
    of the system's own quadrature grid: what another program sums over the same points must be equal."""
    return _built(system, points)


class _Ground:
    """A system as a key: without its field."""

    def __init__(self, system: MolecularSystem) -> None:
        self.system = system

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ground) and self.system.ground_fingerprint == other.system.ground_fingerprint

    def __hash__(self) -> int:
        return hash(self.system.ground_fingerprint)


@lru_cache(maxsize=STRUCTURES_KEPT)
def _structure(key: _Ground) -> Structure:
    return _built(key.system)


def _built(system: MolecularSystem, points: np.ndarray | None = None) -> Structure:
    molecule = molecule_of(system)
    integrals = lowdin_integrals(system)
    spins = 1 if system.restricted else 2
    density, quadrature = _ground_state(molecule, system, integrals.inverse_root, points)
    rough = integrals.root @ density @ integrals.root / (2 // spins)
    made = Structure(
        system,
        integrals.core,
        integrals.dipole,
        coulomb_and_exchange(integrals.eri, spins, FUNCTIONALS[system.functional]),
        quadrature,
        integrals.root,
        float(molecule.energy_nuc()),
        np.einsum("a,ax->x", molecule.atom_charges(), molecule.atom_coords()),
        rough,
        integrals.shells,
    )
    return replace(made, ground=sharpened(made.fock, rough, system.occupied))


@dataclass(frozen=True, eq=False)
class Integrals:
    """In the Löwdin basis: ``core`` (n, n), ``dipole`` (3, n, n), ``eri`` (n, n, n, n); S^½, S^-½, and shells."""

    core: np.ndarray
    dipole: np.ndarray
    eri: np.ndarray
    root: np.ndarray
    inverse_root: np.ndarray
    shells: np.ndarray


def lowdin_integrals(system: MolecularSystem) -> Integrals:
    """The integrals of a molecule; errors as in :func:`structure_of`."""
    molecule = molecule_of(system)
    n = molecule.nao
    _check_memory(n, system)
    values, vectors = np.linalg.eigh(molecule.intor("int1e_ovlp"))
    if values[0] < SMALLEST_OVERLAP:
        raise InputError(
            f"basis {system.basis!r} of {system.name}: is nearly linearly dependent, the smallest eigenvalue of the "
            f"overlap is {values[0]:.2g}: move the atoms apart or take a smaller basis"
        )
    inverse = (vectors / np.sqrt(values)) @ vectors.T
    eri = molecule.intor("int2e", aosym="s1").reshape(n, n, n, n)
    for _ in range(4):  # each turn transforms the last index and moves it to the front
        eri = np.moveaxis(eri @ inverse, -1, 0)
    return Integrals(
        inverse @ (molecule.intor("int1e_kin") + molecule.intor("int1e_nuc")) @ inverse,
        np.array([inverse @ one @ inverse for one in molecule.intor("int1e_r")]),
        np.ascontiguousarray(eri),
        (vectors * np.sqrt(values)) @ vectors.T,
        inverse,
        _shells(molecule),
    )


def molecule_of(system: MolecularSystem) -> Any:
    """The molecule as PySCF has it, with spherical basis functions."""
    try:
        from pyscf import gto
        from pyscf.lib.exceptions import BasisNotFoundError
    except ImportError as error:
        raise InputError(
            f"PySCF is missing ({error}): the integrals come from it; {install_command('tddft')}"
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return gto.M(
                atom=list(zip(system.elements, system.positions_bohr, strict=True)),
                unit="Bohr",
                charge=system.charge,
                spin=system.multiplicity - 1,
                basis=system.basis,
                cart=False,
                verbose=0,
            )
    except (BasisNotFoundError, KeyError, OSError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"basis {system.basis!r} of {system.name}: PySCF does not have it ({reason}); try '6-31g'"
        ) from None


def _ground_state(
    molecule: Any, system: MolecularSystem, inverse: np.ndarray, points: np.ndarray | None
) -> tuple[np.ndarray, Quadrature | None]:
    """P of each spin (restricted: the total) as (s, n, n), and the quadrature; ``points`` as in
    :func:`structure_on`."""
    from pyscf import dft, scf

    from harness.tasks.tddft.quadrature import Quadrature, code_of

    kind = "R" if system.restricted else "U"
    quadrature = None
    if system.functional == "hf":
        solver = getattr(scf, f"{kind}HF")(molecule)
    else:
        solver = getattr(dft, f"{kind}KS")(molecule, xc=code_of(system.functional))
        if points is None:
            solver.grids.level = system.quadrature
            solver.grids.build()
        else:
            solver.grids.coords, solver.grids.weights = (
                np.ascontiguousarray(one) for one in (points[:, :3], points[:, 3])
            )
        gradients = system.functional != "lda"
        values = dft.numint.eval_ao(molecule, solver.grids.coords, deriv=int(gradients))
        basis = np.ascontiguousarray((values if gradients else values[None]) @ inverse)
        quadrature = Quadrature(system.functional, basis, solver.grids.weights)
    solver.conv_tol, solver.conv_tol_grad, solver.max_cycle = SCF_TOLERANCE, GRADIENT_TOLERANCE, MOST_CYCLES
    solver.kernel()
    if not solver.converged:
        raise InputError(
            f"{system.name}: the ground state did not converge in {solver.max_cycle} cycles: check the geometry"
        )
    density = np.asarray(solver.make_rdm1())
    return density.reshape(-1, *density.shape[-2:]), quadrature


def _shells(molecule: Any) -> np.ndarray:
    first = molecule.ao_loc_nr()
    return np.repeat(np.arange(molecule.nbas), np.diff(first))


def _check_memory(n: int, system: MolecularSystem) -> None:
    spins = 1 if system.restricted else 2
    needed = 8 * n**4 * (2 + spins**2 / 2)
    if needed > MOST_MEMORY_BYTES:
        raise InputError(
            f"{system.name} in {system.basis!r}: the two-electron integrals of {n} basis functions take "
            f"{needed / 2**30:.1f} GB, "
            f"the limit is {MOST_MEMORY_BYTES / 2**30:g} GB: take a smaller basis or molecule"
        )
