"""Molecules and states that the tests of the task share, and the skips where a package of the extra is missing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from harness.tasks.kstep.library import load
from harness.tasks.kstep.molecule import Molecule
from harness.tasks.kstep.state import State, thermal_velocities


def needs(*modules: str) -> None:
    """Skip the whole module where a package of the extra kstep is missing."""
    for module in modules:
        pytest.importorskip(module, reason=f"needs {module}: pip install 'spin-harness[kstep]'")


@cache
def ethanol() -> Molecule:
    return load("ethanol")


@cache
def methanol() -> Molecule:
    return load("methanol")


def start(molecule: Molecule, seed: int = 1, temperature_k: float = 300.0) -> State:
    """The minimum with thermal velocities: half of the temperature once it is shared with the potential energy."""
    rng = np.random.default_rng(seed)
    velocities = thermal_velocities(molecule.positions_nm, molecule.masses_da, temperature_k, rng)
    return State(molecule.positions_nm, velocities)


def shaken(molecule: Molecule, size_nm: float = 0.003, seed: int = 2) -> np.ndarray:
    """The geometry with random displacements."""
    return molecule.positions_nm + size_nm * np.random.default_rng(seed).standard_normal((len(molecule), 3))


def killed(arguments: list[str], begun: Callable[[], bool]) -> None:
    """Run ``harness kstep`` with these arguments and end it by SIGKILL as soon as it has ``begun``."""
    command = [sys.executable, "-c", "from harness.cli import main; main()", "kstep", *arguments]
    child = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL)
    while child.poll() is None and not begun():
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL, "the work had ended before the kill"
