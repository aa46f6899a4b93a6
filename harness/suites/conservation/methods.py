"""What the internal state of a method must conserve, step by step: a density operator, an energy, a norm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.suites.asking import Claim, measured
from harness.task import Grid


@dataclass(frozen=True, eq=False)
class MethodRow:
    """Deviations of one method on one system by the name of the quantity, (T,) each; zero for a method without error.

    ``target`` is the name of the upper limit; a ``control`` must miss it, except for the quantities in ``unmissable``.
    """

    method: str
    case: str
    grid: Grid
    deviations: Mapping[str, np.ndarray]
    target: str
    control: bool = False
    unmissable: frozenset[str] = frozenset()

    def worst(self, quantity: str) -> float:
        """Largest deviation over the grid; infinite where one is not finite."""
        values = self.deviations[quantity]
        return float(np.max(values)) if np.all(np.isfinite(values)) else float("inf")


@dataclass(frozen=True)
class States:
    """The methods whose states are checked at each step.

    ``rows`` () → (one row per method, reason by the name of each method that has no such state); ``name`` is what such
    a state is called ("density operators"), ``quantities`` its conserved quantities with a title for figures,
    ``limits`` labels for figures → target, ``count`` kind of method → the planned numbers: (target, numbers
    that must be met, numbers that must be missed).
    """

    name: str
    quantities: Mapping[str, str]
    rows: Callable[[], tuple[list[MethodRow], dict[str, str]]]
    limits: Mapping[str, str]
    count: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Method:
    """A method as the subject of a measurement."""

    name: str

    @property
    def provenance(self) -> dict[str, Any]:
        """What it is."""
        return {"kind": "reference", "name": self.name}


HUGE = 1e300
"""What is recorded of a deviation that is not finite."""


def method_claims(rows: list[MethodRow], absent: Mapping[str, str]) -> list[tuple[Claim, bool]]:
    """Claims on the states of the methods; the flag is True for a control, which must miss its target."""
    claims = []
    for row in rows:
        for quantity in row.deviations:
            value = row.worst(quantity)
            judged = not (row.control and quantity in row.unmissable)
            found = measured(
                f"deviation of {quantity}", f"{row.case}, {row.grid.points} points", Method(row.method),
                value if np.isfinite(value) else HUGE, reference="exact law",
            )  # fmt: skip
            claims.append((Claim(found, row.target if judged else None), row.control))
    first = next((quantity for row in rows for quantity in row.deviations), "state")
    for name, why in absent.items():
        metric = f"deviation of {first}"
        found = measured(metric, f"method {name}", Method(name), None, reference="exact law", absent=why)
        claims.append((Claim(found), False))
    return claims
