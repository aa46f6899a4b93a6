"""Every surrogate and baseline by its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from harness.errors import InputError, nearest
from harness.tasks.tddft.models.anchored import Anchored
from harness.tasks.tddft.models.frozen import Frozen
from harness.tasks.tddft.models.geometry import GeometryModel
from harness.tasks.tddft.models.kernel import Kernel
from harness.tasks.tddft.models.kernel_quadrature import kernel_quadrature
from harness.tasks.tddft.models.learned.ensemble import packaged_ensemble
from harness.tasks.tddft.models.learned.subject import HEADS, SEEDS, name_of, packaged
from harness.tasks.tddft.models.linear_response import Prony, SumOverStates
from harness.tasks.tddft.models.stored import FOLDER, load_geometry, load_ridge
from harness.tasks.tddft.models.subject import Domain, FockSubject, Subject
from harness.tasks.tddft.propagators import FockModel
from harness.tasks.tddft.structure import Structure, structure_of
from harness.tasks.tddft.systems import MolecularSystem

NETWORKS = ("learned-generator", "learned-density", "learned-ensemble")
"""The trained networks of the package that are compared with other methods; further seeds have numbers."""
ANCHOR_INTERVAL_AU = 0.8
TRAINED_STRENGTH_AU = 0.1
WATER_LDA = Domain(("h2o",), ("lda",), ("6-31g",), TRAINED_STRENGTH_AU, flexible=False)
LINEAR = Domain(strength_au=TRAINED_STRENGTH_AU)
"""Beyond it the kernel misses more than a tenth of what a functional gives; of Hartree-Fock it stays exact."""
GEOMETRY = Domain(("h2", "lih", "h2o"), ("hf",), ("6-31g",))
ELEMENTS = {("H", "H"): "h2", ("Li", "H"): "lih", ("O", "H", "H"): "h2o"}


def load_subject(name: str) -> Subject:
    """The surrogate, baseline or propagator of a name.

    Raises
    ------
    InputError
        If there is none; the message lists the known ones.
    """
    if name not in SUBJECTS:
        raise InputError(f"method {name!r}{nearest(name, SUBJECTS)} (known: {', '.join(SUBJECTS)})")
    return SUBJECTS[name]()


def _true(system: MolecularSystem) -> tuple[Structure, FockModel]:
    structure = structure_of(system)
    return structure, structure


@lru_cache(maxsize=8)
def _kernel_of(structure: Structure) -> Kernel:
    return Kernel.of(structure)


def _kernel(system: MolecularSystem) -> tuple[Structure, FockModel]:
    structure = structure_of(system)
    return structure, _kernel_of(structure)


@lru_cache(maxsize=8)
def _kernel_quadrature_of(structure: Structure) -> FockModel:
    return kernel_quadrature(structure)


def _kernel_quadrature(system: MolecularSystem) -> tuple[Structure, FockModel]:
    structure = structure_of(system)
    return structure, _kernel_quadrature_of(structure)


def _frozen(system: MolecularSystem) -> tuple[Structure, FockModel]:
    structure = structure_of(system)
    return structure, Frozen.of(structure)


def _anchored(system: MolecularSystem) -> tuple[Structure, FockModel]:
    structure, model = _kernel(system)
    return structure, Anchored(model, structure, ANCHOR_INTERVAL_AU)


def _ridge(system: MolecularSystem) -> tuple[Structure, FockModel]:
    structure = structure_of(system)
    return structure, load_ridge(FOLDER / "ridge-h2o-lda.safetensors", structure)[0]


@lru_cache(maxsize=4)
def _polynomials(path: Path) -> GeometryModel:
    return load_geometry(path)


@lru_cache(maxsize=8)
def _geometry_of(molecule: str, system: MolecularSystem) -> Structure:
    """Remembered like the structures of PySCF, so that times of models are comparable."""
    return _polynomials(FOLDER / f"geometry-{molecule}.safetensors").structure(system)


def _geometry(system: MolecularSystem) -> tuple[Structure, FockModel]:
    molecule = ELEMENTS.get(system.elements)
    if molecule is None:
        known = ", ".join(ELEMENTS.values())
        raise InputError(f"{system.name}: the model 'geometry' knows {known}; take 'kernel'")
    structure = _geometry_of(molecule, system)
    return structure, structure


SUBJECTS: dict[str, Callable[[], Subject]] = {
    "cfm4": lambda: FockSubject("cfm4", _true, method="cfm4", exact=True),
    "em": lambda: FockSubject("em", _true, method="em", exact=True),
    "kernel": lambda: FockSubject("kernel", _kernel, LINEAR),
    "kernel+quad": lambda: FockSubject("kernel+quad", _kernel_quadrature, LINEAR),
    "ridge": lambda: FockSubject("ridge", _ridge, WATER_LDA),
    "geometry": lambda: FockSubject("geometry", _geometry, GEOMETRY),
    "learned-generator": lambda: packaged("generator"),
    "learned-density": lambda: packaged("density"),
    "learned-ensemble": packaged_ensemble,
    **{name_of(head, seed): partial(packaged, head, seed) for head in HEADS for seed in SEEDS[1:]},
    "anchored": lambda: FockSubject("anchored", _anchored, LINEAR),
    "frozen": lambda: FockSubject("frozen", _frozen),
    "casida": SumOverStates,
    "prony": Prony,
}
"""Name -> what makes it. ``em`` and ``cfm4`` are our own propagators with the true Fock matrix."""
