"""The systems that a run draws for itself, with the targets of the cached cases of the same kind."""

from __future__ import annotations

from dataclasses import dataclass

from harness.suites.asking import Truths
from harness.tasks.spins.spinach.plan import (
    FRESH_MOLECULES,
    FRESH_NARROW,
    FRESH_SIZES,
    FRESH_VARIANTS,
    FRESH_WIDE,
    fresh,
)
from harness.tasks.spins.suites.truth import case_id
from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem, TimeGrid, Trajectory

MOLECULES = len(FRESH_MOLECULES) * FRESH_VARIANTS
CHAINS = len(FRESH_SIZES) * FRESH_WIDE
STRONG = len(FRESH_SIZES) * FRESH_NARROW
ROLES = {
    "molecule-variant-test": ("molecule_relative_error", "molecule_i1z_rmse", "molecules"),
    "chain": ("chain_rmse", "chain_i1z_rmse", "chains"),
    "chain-strong": ("chain_strong_rmse", "chain_strong_i1z_rmse", "strongly coupled chains"),
}
"""Targets of M and of I1z by the role of a system, and the name of such systems."""
KINDS = {"molecules": ("molecule-variant-test",), "chains": ("chain", "chain-strong")}


@dataclass(frozen=True, eq=False)
class Fresh:
    """One fresh system, with the answer of the exact reference."""

    name: str
    role: str
    system: SpinSystem
    truth: Trajectory


def draw(seed: int, truths: Truths, grid: TimeGrid = STANDARD_GRID) -> list[Fresh]:
    """The fresh systems of a run, 30 ms each."""
    items = fresh(seed)
    systems = [item.request.system for item in items]
    stated = [truths([system], grid)[0] for system in systems]
    return [
        Fresh(f"fresh-{case_id(item)}", item.role, system, truth)
        for item, system, truth in zip(items, systems, stated, strict=True)
    ]
