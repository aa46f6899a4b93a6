"""Both sides of a run: the reference xtb with its ladder, and every method by its name as a model of the task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from harness.errors import InputError
from harness.task import Resolution
from harness.tasks.kstep.references.ladder import Resolution as Found
from harness.tasks.kstep.references.ladder import resolve
from harness.tasks.kstep.subjects import Method, Truth
from harness.tasks.kstep.window import MacroGrid, Signals, Window


class Xtb:
    """GFN2-xTB by tblite or the program xtb; reference trajectories from the cache where it has them."""

    name = "xtb"
    observables = ("positions", "velocities", "energy")

    def __init__(self, found: Found | None = None) -> None:
        self.found = found if found is not None else resolve()

    def simulate(self, system: Window, grid: MacroGrid, observables: Sequence[str] = ()) -> Signals:
        """The reference path of a window."""
        return Truth(self.found).predict([system], grid)[0]

    def resolution(self, live: bool, allow_fallback: bool) -> Resolution:
        """The method that gives the reference answers.

        Raises
        ------
        InputError
            Without a live engine: every step of an integrator needs forces at a new geometry, which no cache contains.
            Nothing replaces GFN2-xTB, even if a fallback is allowed.
        """
        found = resolve(live=live)
        if not found.live:
            raise InputError(f"an integrator needs live forces at every step, and nothing stands in: {found.refusal()}")
        return Resolution("xtb", found.version, found.line(), True, True, Xtb(found))


def _method(name: str, weights: Path | None = None) -> Method:
    return Method(name, resolve(), weights)


kernel: Callable[..., Method] = partial(_method, "kernel")
respa_mmff: Callable[..., Method] = partial(_method, "respa-mmff")
respa_gfnff: Callable[..., Method] = partial(_method, "respa-gfn-ff")
verlet: Callable[..., Method] = partial(_method, "verlet")
rattle: Callable[..., Method] = partial(_method, "rattle")
heavy_hydrogens: Callable[..., Method] = partial(_method, "heavy-hydrogens")
kernel_adaptive: Callable[..., Method] = partial(_method, "kernel-adaptive")
shared: Callable[..., Method] = partial(_method, "shared")
jump: Callable[..., Method] = partial(_method, "jump")
jump_corrected: Callable[..., Method] = partial(_method, "jump-corrected")
