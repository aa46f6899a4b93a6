"""Integrators with one seeded fault, as subjects: ``--subject harness.tasks.kstep.faulty:sign`` must FAIL.

Every name of :data:`harness.tasks.kstep.faults.FAULTS` is a function of this module, with an underscore for a hyphen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harness.tasks.kstep.faults import FAULTS, Fault
from harness.tasks.kstep.integrators.base import Integrator
from harness.tasks.kstep.integrators.respa import Respa
from harness.tasks.kstep.kernel.weights import has_kernel
from harness.tasks.kstep.methods import Setting, make
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.subjects import Method


def carrier(setting: Setting) -> str:
    """The correct method that a fault is put into: the learned correction where the molecule has one, else RESPA."""
    return "kernel" if has_kernel(setting.molecule) else "respa-mmff"


def faulty(fault: Fault, setting: Setting) -> Integrator:
    """The integrator of a setting with a fault."""
    correct = make(carrier(setting), setting)
    assert isinstance(correct, Respa)
    return fault.apply(correct, setting)


def faulty_method(name: str, found: Resolution) -> Method:
    """The method with the fault of this name."""
    return Method(f"fault: {name}", found, factory=_of(name))


def _of(name: str) -> Callable[[Setting], Integrator]:
    return partial(faulty, next(fault for fault in FAULTS if fault.name == name))


velocities_100 = _of("velocities-100")
half_kick = _of("half-kick")
inner_stale = _of("inner-stale")
inner_twice = _of("inner-twice")
quantum_stale = _of("quantum-stale")
swapped = _of("swapped")
sign = _of("sign")
noise = _of("noise")
scale = _of("scale")
k_minus_one = _of("k-minus-one")
dt = _of("dt")
mass = _of("mass")
rescaled = _of("rescaled")
topology = _of("topology")
loose_scf = _of("loose-scf")
