"""Spin systems, time grids and trajectories; molecules and topologies that make them."""

from harness.tasks.spins.systems.frame import Frame, ShiftAxis
from harness.tasks.spins.systems.library import load_molecule, molecule_names
from harness.tasks.spins.systems.molecule import Molecule
from harness.tasks.spins.systems.system import SpinSystem
from harness.tasks.spins.systems.topologies import chain, random_tree, ring, star, topology
from harness.tasks.spins.systems.trajectory import OBSERVABLES, Provenance, Trajectory
from harness.trajectory import LONG_GRID, STANDARD_GRID, TimeGrid

__all__ = [
    "LONG_GRID",
    "OBSERVABLES",
    "STANDARD_GRID",
    "Frame",
    "Molecule",
    "Provenance",
    "ShiftAxis",
    "SpinSystem",
    "TimeGrid",
    "Trajectory",
    "chain",
    "load_molecule",
    "molecule_names",
    "random_tree",
    "ring",
    "star",
    "topology",
]
