"""Fixtures of the bridge: small systems, stand-ins for MATLAB, caches with one made-up entry."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid
from harness.tasks.spins.spinach.contract import Answer
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.spinach.request import Request

STANDINS = Path(__file__).parent / "standins"
GRID = TimeGrid(40, 1e-3)


@pytest.fixture
def pair() -> SpinSystem:
    return SpinSystem([30.0, -50.0], [[0, 12.0], [12.0, 0]])


@pytest.fixture
def grid() -> TimeGrid:
    return GRID


@pytest.fixture
def forget_matlab() -> Iterator[Callable[[], None]]:
    """A function that makes the package ``matlab`` be looked up anew; a real one that was loaded is put back after."""

    def forget() -> None:
        for name in [name for name in sys.modules if name.split(".")[0] == "matlab"]:
            del sys.modules[name]

    real = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "matlab"}
    forget()
    yield forget
    forget()
    sys.modules.update(real)


@pytest.fixture
def matlab_engine_standin(monkeypatch: pytest.MonkeyPatch, forget_matlab: Callable[[], None]) -> None:
    """A package ``matlab.engine`` with the documented interface and Octave behind it."""
    monkeypatch.syspath_prepend(str(STANDINS / "python"))


@pytest.fixture
def matlab_program_standin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program ``matlab`` on the path that understands -batch."""
    monkeypatch.setenv("PATH", f"{STANDINS / 'bin'}{os.pathsep}{os.environ['PATH']}")


def made_up_entry(system: SpinSystem | None = None, points: int = 40, seed: int = 1, **changes: object) -> Entry:
    """An entry with noise in place of physics, for tests of files: no engine was asked."""
    system = system or SpinSystem([30.0, -50.0], [[0, 12.0], [12.0, 0]])
    request = Request.of(system, TimeGrid(points, 1e-3))
    rng = np.random.default_rng(seed)
    answer = Answer(
        engine="octave",
        engine_version="7.3.0",
        offsets_hz=np.array(system.offsets_hz),
        couplings_hz=np.array(system.couplings_hz),
        dimension=4,
        stages={"setup": (0.1, 0.1)},
        m=rng.normal(size=points) + 1j * rng.normal(size=points),
        i1z=rng.normal(size=points),
    )
    details = {
        "engine": "octave",
        "engine_version": "7.3.0",
        "spinach_commit": "0123456789abcdef",
        "date": "2026-01-02T03:04:05+00:00",
        "stages_wall_s": {"setup": 0.1},
        "stages_cpu_s": {"setup": 0.1},
        "truncated": False,
    }
    fields = {"role": "molecule", "case": "made up", "parameters": {"seed": seed}} | changes
    return Entry(request, answer, "spinach-octave", "0123456789abcdef", details, **fields)  # type: ignore[arg-type]


@pytest.fixture(name="make_entry")
def _make_entry() -> Callable[..., Entry]:
    return made_up_entry
