"""One kind of systems of a mix, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Part:
    """Systems of one kind.

    Parameters
    ----------
    name, fidelity, reference, options
        Name in the file, class of the sampling weights, method that simulates, and its options.
    topology, spins
        Coupling graph and sizes N (random systems), or
    molecules, source, field_t, carrier_jitter_hz, coupling_scale
        molecule names and the source of their parameters; magnet and factor on all J drawn uniformly from ranges, the
        carrier uniformly within ± a number of Hz of the middle of the shifts, or
    molecules, role
        molecule names, and a role of :mod:`harness.tasks.spins.spinach.plan` whose systems are taken in its order: what
        the packaged Spinach cache holds, so that real Spinach answers without being installed.
    offset_range_hz, coupling_range_hz, uniform_coupling
        Of random systems: offsets in ±, J per edge in, one J for all edges.
    counts
        Systems per split and size (of molecules: in all, dealt out in turn).
    """

    name: str
    fidelity: str
    reference: str
    counts: Mapping[str, int]
    options: Mapping[str, Any] = field(default_factory=dict)
    topology: str = ""
    spins: tuple[int, ...] = ()
    offset_range_hz: float = 250.0
    coupling_range_hz: tuple[float, float] = (5.0, 20.0)
    uniform_coupling: bool = False
    molecules: tuple[str, ...] = ()
    role: str = ""
    source: str = "gissmo"
    field_t: tuple[float, float] = (9.4, 14.1)
    carrier_jitter_hz: float = 0.0
    coupling_scale: tuple[float, float] = (1.0, 1.0)
