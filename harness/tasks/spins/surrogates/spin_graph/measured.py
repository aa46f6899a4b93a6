"""How far spin-graph was measured beyond the limits that it was trained in: the only place with these limits.

What was trained is in the record of the weights. Beyond, ``in_domain`` is decided by the estimate and the second
opinion, which were tested up to these limits by ``python -m
harness.tasks.spins.surrogates.spin_graph.beyond_training``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """Limits up to which answers were measured, when, and on systems of which seed.

    ``spins``: most spins; ``degree``: most bonds of one spin; ``horizon_s``: last time; ``isotopes``: most of them.
    """

    spins: int
    degree: int
    horizon_s: float
    isotopes: int
    seed: int
    date: str


MEASURED = Measured(spins=20, degree=9, horizon_s=0.1, isotopes=6, seed=996_301, date="2026-11-29")
