"""spin-harness: may a fast surrogate of spin dynamics be trusted in place of Spinach?

The public interface, stable for other programs::

    from harness import SpinSystem, TimeGrid, Trajectory, load_molecule, simulate, load_surrogate
    harness.tasks.spins.differentiable.signal(offsets_hz, couplings_hz, times_s)      # differentiable

Names are resolved on first use, so that importing the package takes almost no time (every pytest run imports it
through the plugin).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.surrogates import load_surrogate
    from harness.tasks.spins.references import simulate
    from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory, load_molecule

from harness.moved import install

install()
__version__ = "0.1.0"

__all__ = ["SpinSystem", "TimeGrid", "Trajectory", "load_molecule", "load_surrogate", "simulate"]

_HOME = {
    "SpinSystem": "harness.tasks.spins.systems",
    "TimeGrid": "harness.tasks.spins.systems",
    "Trajectory": "harness.tasks.spins.systems",
    "load_molecule": "harness.tasks.spins.systems",
    "load_surrogate": "harness.surrogates",
    "simulate": "harness.tasks.spins.references",
}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name == "torch":  # harness.tasks.spins.differentiable.signal without a separate import
        return import_module("harness.tasks.spins.differentiable")
    raise AttributeError(f"module 'harness' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
