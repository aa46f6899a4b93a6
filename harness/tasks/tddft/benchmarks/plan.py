"""What is compared at equal error, and one point of the comparison."""

from __future__ import annotations

from dataclasses import dataclass

from harness.tasks.tddft.systems import MolecularSystem

TRUE_STEP_AU = 0.1
METHOD = "cfm4-short-start"
"""The rule of models and of ``cfm4``: few builds at the start, so that ``cfm4`` is compared at its best."""
LINEAR = "sum over states"


@dataclass(frozen=True)
class Plan:
    """What is propagated, until when, and which methods are compared.

    ``coarser`` are levels of the quadrature grid below that of the system, ``cfm4_steps_au``, ``em_steps_au`` and
    ``model_steps_au`` steps, ``anchors_au`` intervals of true Fock matrices (each with every step of a model that is
    not longer), ``shares`` those of ``kernel+quad``. Each method is run once to warm up and then ``runs`` times, of
    which the median counts.
    """

    system: MolecularSystem
    horizon_au: float = 24.0
    coarser: tuple[int, ...] = (0,)
    cfm4_steps_au: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 1.0)
    model_steps_au: tuple[float, ...] = (0.2, 0.4, 0.8, 1.0)
    anchors_au: tuple[float, ...] = (0.8, 1.6, 3.2)
    shares: tuple[float, ...] = (0.5, 0.7, 0.9, 0.97)
    runs: int = 3
    em_steps_au: tuple[float, ...] = (0.1, 0.2, 0.4)


@dataclass(frozen=True)
class Point:
    """One method, ``kind`` being "cfm4", "em", "model", "network" or "baseline".

    ``cpu_s`` is the median processor time of ``runs`` propagations, ``builds`` counts true Fock matrices, ``setup_s``
    is the processor time of what is made once for the molecule.
    """

    method: str
    kind: str
    error: float
    cpu_s: float
    builds: int
    setup_s: float
    runs: int = 1
