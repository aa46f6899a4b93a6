"""Import paths of version 0.1, mapped to the present modules: programs and recorded commands remain valid.

Modules of the spins task were once directly below ``harness``. :func:`install` adds a finder to ``sys.meta_path`` that
knows the old names; an old name gives the same module object as the new name, so that no class exists twice.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import CodeType, ModuleType
from typing import Any, cast

PACKAGE = os.path.dirname(__file__)
SPINS = "harness.tasks.spins"
CASES = "harness.suites.accuracy.test_accuracy::test_case"
MOVED = {
    "harness.benchmark.library": f"{SPINS}.benchmarks.library",
    "harness.benchmark.product_basis": f"{SPINS}.benchmarks.product_basis",
    "harness.benchmark.reference_map": f"{SPINS}.benchmarks.reference_map",
    "harness.benchmark.references": f"{SPINS}.benchmarks.references",
    "harness.bridge": f"{SPINS}.spinach",
    "harness.bridge.used": f"{SPINS}.spinach.called_functions",
    "harness.cli.advise": f"{SPINS}.cli.advise",
    "harness.cli.benchmark": f"{SPINS}.cli.benchmark",
    "harness.cli.cache": f"{SPINS}.cli.cache",
    "harness.cli.convert": f"{SPINS}.cli.convert",
    "harness.cli.data": f"{SPINS}.cli.data",
    "harness.cli.doctor": f"{SPINS}.cli.doctor",
    "harness.cli.experiment": f"{SPINS}.cli.experiment",
    "harness.cli.field": f"{SPINS}.cli.field",
    "harness.cli.fit": f"{SPINS}.cli.fit",
    "harness.cli.methods": f"{SPINS}.cli.methods",
    "harness.cli.molecules": f"{SPINS}.cli.molecules",
    "harness.cli.peaks": f"{SPINS}.cli.peaks",
    "harness.cli.simulate": f"{SPINS}.cli.simulate",
    "harness.cli.system": f"{SPINS}.cli.system",
    "harness.cli.train": f"{SPINS}.cli.train",
    "harness.data.draw": f"{SPINS}.data.draw",
    "harness.exchange": f"{SPINS}.exchange",
    "harness.inverse": f"{SPINS}.inverse",
    "harness.inverse.composite": f"{SPINS}.inverse.line_model",
    "harness.inverse.draw": f"{SPINS}.inverse.overlay",
    "harness.inverse.lines": f"{SPINS}.inverse.line_derivatives",
    "harness.inverse.place": f"{SPINS}.inverse.multiplet_places",
    "harness.references": f"{SPINS}.references",
    "harness.references.hilbert": f"{SPINS}.systems.hilbert",
    "harness.references.makeup": f"{SPINS}.references.isotope_bookkeeping",
    "harness.spectra": f"{SPINS}.spectra",
    "harness.spectra.draw": f"{SPINS}.spectra.figures",
    "harness.spectra.lines": f"{SPINS}.spectra.line_picking",
    "harness.spins": f"{SPINS}.systems",
    "harness.spins.grid": "harness.trajectory",
    "harness.spins.toml_checks": "harness.toml_checks",
    "harness.subjects.peers": f"{SPINS}.peers",
    "harness.subjects.peers_nmrsim": f"{SPINS}.peers.nmrsim",
    "harness.subjects.peers_qutip": f"{SPINS}.peers.qutip",
    "harness.subjects.peers_spinguin": f"{SPINS}.peers.spinguin",
    "harness.suites.excluded": f"{SPINS}.suites.excluded",
    "harness.suites.experiments": f"{SPINS}.suites",
    "harness.suites.experiments.chain_trained": f"{SPINS}.suites.topology.chain_trained",
    "harness.suites.experiments.common": "harness.suites.asking",
    "harness.suites.experiments.conservation": "harness.suites.conservation.run",
    "harness.suites.experiments.detection": "harness.suites.detection.bench",
    "harness.suites.experiments.fresh": f"{SPINS}.suites.fresh.run",
    "harness.suites.experiments.inverse": "harness.suites.inverse.run",
    "harness.suites.experiments.inverse_measured": f"{SPINS}.suites.inverse.measured",
    "harness.suites.experiments.inverse_models": f"{SPINS}.suites.inverse.models",
    "harness.suites.experiments.library": f"{SPINS}.suites.library.run",
    "harness.suites.experiments.library_answers": f"{SPINS}.suites.library.answers",
    "harness.suites.experiments.library_spinach": f"{SPINS}.suites.library.against_spinach",
    "harness.suites.experiments.library_truth": f"{SPINS}.suites.library.truth",
    "harness.suites.experiments.ood": "harness.suites.ood.run",
    "harness.suites.experiments.scaling": "harness.suites.cost.run",
    "harness.suites.experiments.spinach_points": f"{SPINS}.suites.scaling.spinach_points",
    "harness.suites.experiments.topology": f"{SPINS}.suites.topology.run",
    "harness.suites.experiments.uncertainty": "harness.suites.uncertainty.run",
    "harness.suites.faults": f"{SPINS}.suites.faults",
    "harness.suites.faults.carrier": f"{SPINS}.suites.faults.correct",
    "harness.suites.faults.more": f"{SPINS}.suites.faults.every",
    "harness.suites.faults.topologies": f"{SPINS}.suites.topology.rings_cut_open",
    "harness.suites.figures": f"{SPINS}.suites",
    "harness.suites.figures.conservation": "harness.suites.conservation.figure",
    "harness.suites.figures.faults": "harness.suites.detection.figure",
    "harness.suites.figures.generalisation": f"{SPINS}.suites.topology.figure",
    "harness.suites.figures.inverse": "harness.suites.inverse.figure",
    "harness.suites.figures.library": f"{SPINS}.suites.library.figure",
    "harness.suites.figures.scaling": "harness.suites.cost.figure",
    "harness.suites.figures.style": "harness.suites.style",
    "harness.suites.figures.uq": "harness.suites.uncertainty.figure",
    "harness.suites.guidance": f"{SPINS}.suites.guidance",
    "harness.suites.measure": f"{SPINS}.suites",
    "harness.suites.measure.conservation": f"{SPINS}.suites.conservation.densities",
    "harness.suites.measure.draws": f"{SPINS}.suites.populations",
    "harness.suites.measure.errors": "harness.suites.errors",
    "harness.suites.measure.intervals": "harness.suites.intervals",
    "harness.suites.measure.library": f"{SPINS}.suites.library.measure",
    "harness.suites.measure.ood": "harness.suites.ood.measure",
    "harness.suites.measure.scaling": "harness.suites.cost.measure",
    "harness.suites.measure.statistics": "harness.suites.statistics",
    "harness.suites.measure.symmetries": f"{SPINS}.suites.conservation.laws",
    "harness.suites.measure.topology": f"{SPINS}.suites.topology.measure",
    "harness.suites.measure.uq": "harness.suites.uncertainty.measure",
    "harness.suites.pages": "harness.suites.layout",
    "harness.suites.spinach": f"{SPINS}.suites.spinach",
    "harness.suites.test_conservation": "harness.suites.conservation.test_conservation",
    "harness.suites.test_detection": "harness.suites.detection.test_detection",
    "harness.suites.test_fresh": f"{SPINS}.suites.fresh.test_fresh",
    "harness.suites.test_inverse": "harness.suites.inverse.test_inverse",
    "harness.suites.test_library": f"{SPINS}.suites.library.test_library",
    "harness.suites.test_ood": "harness.suites.ood.test_ood",
    "harness.suites.test_scaling": "harness.suites.cost.test_cost",
    "harness.suites.test_spinach": f"{SPINS}.suites.spinach.test_spinach",
    "harness.suites.test_topology": f"{SPINS}.suites.topology.test_topology",
    "harness.suites.test_uncertainty": "harness.suites.uncertainty.test_uncertainty",
    "harness.suites.tier_plan": f"{SPINS}.suites.tier_plan",
    "harness.suites.truth": f"{SPINS}.suites.truth",
    "harness.suites.words": f"{SPINS}.suites.words",
    "harness.surrogates.domain": f"{SPINS}.surrogates.domain",
    "harness.surrogates.encoding": f"{SPINS}.surrogates.encoding",
    "harness.surrogates.fno": f"{SPINS}.surrogates.fno",
    "harness.surrogates.fno_general": f"{SPINS}.surrogates.fno_general",
    "harness.surrogates.grid_model": f"{SPINS}.surrogates.grid_model",
    "harness.surrogates.grid_surrogate": f"{SPINS}.surrogates.grid_surrogate",
    "harness.surrogates.kinds": f"{SPINS}.surrogates.kinds",
    "harness.surrogates.mlp": f"{SPINS}.surrogates.mlp",
    "harness.surrogates.penalty": f"{SPINS}.surrogates.penalty",
    "harness.surrogates.physical": f"{SPINS}.surrogates.physical",
    "harness.surrogates.spin_graph": f"{SPINS}.surrogates.spin_graph",
    "harness.tasks.spins.suites.test_fresh": f"{SPINS}.suites.fresh.test_fresh",
    "harness.tasks.spins.suites.test_library": f"{SPINS}.suites.library.test_library",
    "harness.tasks.spins.suites.test_measured": f"{SPINS}.suites.inverse.test_measured",
    "harness.tasks.spins.suites.test_spinach": f"{SPINS}.suites.spinach.test_spinach",
    "harness.tasks.spins.suites.test_topology": f"{SPINS}.suites.topology.test_topology",
    "harness.tasks.spins.suites.test_relaxation": f"{SPINS}.suites.relaxation.test_relaxation",
    "harness.torch": f"{SPINS}.differentiable",
}
"""Old name → new name; the entry of a package applies to all its modules without a separate entry."""

TESTS = {
    "harness.suites.test_conservation::test_control": "harness.suites.conservation.test_conservation::test_controls",
    "harness.suites.test_conservation::test_density_operators":
        "harness.suites.conservation.test_conservation::test_states",
    "harness.suites.test_conservation::test_invariants": "harness.suites.conservation.test_conservation::test_laws",
    "harness.suites.test_inverse::test_control": "harness.suites.inverse.test_inverse::test_controls",
    "harness.suites.test_inverse::test_measured": f"{SPINS}.suites.inverse.test_measured::test_measured",
    "harness.suites.test_ood::test_control_error": "harness.suites.ood.test_ood::test_controls",
    "harness.suites.test_ood::test_control_flag": "harness.suites.ood.test_ood::test_controls",
    "harness.suites.test_ood::test_regimes": "harness.suites.ood.test_ood::test_populations",
    "harness.suites.test_scaling::test_control": "harness.suites.cost.test_cost::test_controls",
    "harness.suites.test_spinach::test_chain": f"{CASES}[spinach-*]",
    "harness.suites.test_spinach::test_control": "harness.suites.accuracy.test_accuracy::test_controls",
    "harness.suites.test_spinach::test_long_grid": f"{CASES}[spinach-*]",
    "harness.suites.test_spinach::test_molecule": f"{CASES}[spinach-*]",
    "harness.suites.test_uncertainty::test_control": "harness.suites.uncertainty.test_uncertainty::test_controls",
}  # fmt: skip
"""Old test → new test, of those whose name has changed. ``*`` is the parameter of the old test; without it, several old
tests became one, and the parameter is dropped."""
PARTS = {"harness.suites.test_spinach": ("harness.suites.accuracy", f"{SPINS}.suites.spinach")}
"""Old module → the modules that have its tests now, where it became several."""


def new_words(word: str) -> list[str]:
    """The arguments of pytest that select today what one argument of version 0.1 selected.

    The argument is a module or a test in dotted form, or the path of a file that is not there any more; what has not
    moved comes back as it is.
    """
    file, colons, test = word.partition("::")
    inside = file.replace(os.sep, ".").partition("harness.")[2]
    if file.endswith(".py") and inside and not os.path.exists(file):
        dotted = [one.partition("::") for one in new_words(f"harness.{inside[:-3]}{colons}{test}")]
        paths = ["".join((_place(module), *rest)) for module, *rest in dotted]
        return paths if all(os.path.exists(path.partition("::")[0]) for path in paths) else [word]
    name, bracket, parameter = test.partition("[")
    module = file.replace(f"{SPINS}.suites.test_", "harness.suites.test_")
    if not name:
        return list(PARTS.get(module, (word,)))
    new = TESTS.get(f"{module}::{name}")
    if new is None:
        return [word]
    return [new.replace("*]", parameter) if bracket else new.partition("[")[0]]


def _place(module: str) -> str:
    """The path of a module or package of the harness by the name of today."""
    name = new_name(module) or module
    place = os.path.join(PACKAGE, *name.split(".")[1:])
    return place if os.path.isdir(place) else f"{place}.py"


def new_name(name: str) -> str:
    """The name of today of a module of version 0.1; "" for one that has not moved."""
    parts = name.split(".")
    for count in range(len(parts), 1, -1):
        head = ".".join(parts[:count])
        if head in MOVED:
            return ".".join([MOVED[head], *parts[count:]])
    return ""


def moved_attribute(package: str, name: str) -> Any:
    """What ``from package import name`` gave in version 0.1, for a package whose name has stayed.

    Raises
    ------
    AttributeError
        If it gave nothing.
    """
    return getattr(import_module(MOVED[package]), name)


def _exists(name: str) -> bool:
    """True if there is a module of this name today; a package without files (an empty folder) does not count."""
    place = os.path.join(PACKAGE, *name.split(".")[1:])
    return os.path.isfile(f"{place}.py") or os.path.isfile(os.path.join(place, "__init__.py"))


class _Moved:
    """Finds and loads the module of the new name.

    It does not inherit from the classes of ``importlib.abc``: their import would take as long as the rest of this
    module.
    """

    def __init__(self) -> None:
        self._own: dict[str, ModuleSpec | None] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A specification with the file of the new module, so that tools that look for the file find it."""
        name = new_name(fullname) if fullname.startswith("harness.") and not _exists(fullname) else ""
        found = find_spec(name) if name else None
        if found is None:
            return None
        package = found.submodule_search_locations is not None
        spec = ModuleSpec(fullname, cast(Any, self), origin=found.origin, is_package=package)
        spec.has_location = found.has_location
        if found.submodule_search_locations is not None:
            spec.submodule_search_locations = list(found.submodule_search_locations)
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module of the new name itself."""
        module = import_module(new_name(spec.name))
        self._own[module.__name__] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is run again; the module gets back its own specification, which the import system has replaced."""
        module.__spec__ = self._own.pop(module.__name__)

    def get_code(self, fullname: str) -> CodeType | None:
        """The code of the new module, for ``python -m`` with an old name."""
        spec = find_spec(new_name(fullname))
        read: Any = getattr(spec.loader, "get_code", None) if spec else None
        return read(spec.name) if spec and read else None


def install() -> None:
    """Install the finder before the finder of files, which would load a module of a moved package a second time."""
    if not any(isinstance(finder, _Moved) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Moved())  # type: ignore[arg-type]
