"""Propagators with a seeded fault, as subjects of ``--subject harness.tasks.tddft.faulty:NAME``: each must FAIL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.tasks.tddft.faults import FaultySubject, fault_named
from harness.trajectory import Trajectory

Simulate = Callable[[Any, Any], Trajectory]


def _with(name: str) -> Simulate:
    subject = FaultySubject(fault_named(name))
    return lambda system, grid: subject.answer(system, grid)


nothing_wrong = _with("none")
conjugate_exchange = _with("sign of Im K")
real_exchange = _with("Im K dropped")
less_exchange = _with("exchange times 0.99")
doubled_field = _with("field doubled")
frozen = _with("frozen Fock matrix")
orbital_order = _with("order of orbitals")
angstrom = _with("angstrom for bohr")
late_field = _with("half a step late")
total_density = _with("P for D")
stale_cache = _with("stale cache")
