"""Spin systems, time grids and trajectories; molecules and topologies that make them."""

from harness.spins.frame import Frame, ShiftAxis
from harness.spins.grid import LONG_GRID, STANDARD_GRID, TimeGrid
from harness.spins.library import load_molecule, molecule_names
from harness.spins.molecule import Molecule
from harness.spins.system import SpinSystem
from harness.spins.topologies import chain, random_tree, ring, star, topology
from harness.spins.trajectory import OBSERVABLES, Provenance, Trajectory

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
