"""Functions of the folders above this one, for convenience methods of systems and trajectories.

``molecule.spectrum(mhz=600)`` is :func:`harness.tasks.spins.spectra.at_field.spectrum_at` of that molecule. The
modules of systems do not import those of spectra: the function is found by its name when the method is called.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def above(name: str) -> Callable[..., Any]:
    """The function "module:function", the module named from the folder of the task."""
    module, _, function = name.partition(":")
    return getattr(import_module(f"harness.tasks.spins.{module}"), function)
