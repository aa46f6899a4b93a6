"""The methods that are compared at equal error: larger steps, models of the Fock matrix, networks, baselines.

Each is a call that returns the dipole at its samples. What is made once for a molecule (integrals, ground state,
response kernel, points of ``kernel+quad``) is not part of the call; its processor time is stated apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from time import process_time
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.tasks.tddft.benchmarks.plan import LINEAR, METHOD, TRUE_STEP_AU, Plan
from harness.tasks.tddft.casida import excitations
from harness.tasks.tddft.grid import AtomicTimeGrid
from harness.tasks.tddft.models.anchored import Anchored
from harness.tasks.tddft.models.frozen import Frozen
from harness.tasks.tddft.models.kernel import Kernel
from harness.tasks.tddft.models.kernel_quadrature import kernel_quadrature
from harness.tasks.tddft.models.registry import NETWORKS, load_subject
from harness.tasks.tddft.models.subject import FockSubject, Subject
from harness.tasks.tddft.models.surrogate import check
from harness.tasks.tddft.propagators import Evolution, FockModel, evolve
from harness.tasks.tddft.structure import Structure, structure_of

SAMPLES_AU = 0.2
"""The step of the networks and of ``prony``, which have no other."""


@dataclass(frozen=True)
class Entry:
    """A method by its name; ``kind`` is that of its point, ``call`` one propagation with its true Fock matrices."""

    name: str
    kind: str
    setup_s: float
    call: Callable[[], Evolution]


def entries(plan: Plan, structure: Structure) -> Iterator[Entry]:
    """Every method of a plan that takes its system."""
    yield from _larger_steps(plan)
    setup, kernel = timed(partial(Kernel.of, structure))
    yield from _stepped("kernel", plan, structure, kernel, setup)
    if structure.quadrature is not None:
        yield from _with_quadrature(plan, structure, kernel, setup)
    yield from _geometry(plan)
    yield from _networks(plan)
    yield from _baselines(plan, structure)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time of a call, and what it returns."""
    begun = process_time()
    found = call()
    return process_time() - begun, found


def _larger_steps(plan: Plan) -> Iterator[Entry]:
    """The true Fock matrix on the grid of the system and, by ``cfm4``, on coarser ones."""
    system = plan.system
    for level in (system.quadrature, *plan.coarser):
        setup, structure = timed(partial(structure_of, replace(system, quadrature=level)))
        where = "" if level == system.quadrature else f", grid {level}"
        for step in plan.cfm4_steps_au:
            yield Entry(f"cfm4 {step:g}{where}", "cfm4", setup, partial(_propagated, plan, structure, step, METHOD))
        for method in ("em", "em-one-corrector") if not where else ():
            for step in plan.em_steps_au:
                yield Entry(f"{method} {step:g}", "em", setup, partial(_propagated, plan, structure, step, method))


def _with_quadrature(plan: Plan, structure: Structure, kernel: Kernel, setup_s: float) -> Iterator[Entry]:
    """What a functional needs beyond the kernel: its terms beyond first order at some points, or true Fock matrices.

    In Hartree-Fock the kernel is exact, and there are none.
    """
    for share in plan.shares:
        chosen, model = timed(partial(kernel_quadrature, structure, share))
        name = f"kernel+quad of {share:g}, steps of"
        yield from _stepped(name, plan, structure, model, setup_s + chosen)
    for interval in plan.anchors_au:
        for step in (one for one in plan.model_steps_au if one <= interval):
            call = partial(_anchored, plan, structure, kernel, interval, step)
            yield Entry(f"anchored every {interval:g}, steps of {step:g}", "model", setup_s, call)


def _stepped(name: str, plan: Plan, structure: Structure, model: FockModel, setup_s: float) -> Iterator[Entry]:
    """A model in every step of the plan."""
    for step in plan.model_steps_au:
        yield Entry(f"{name} {step:g}", "model", setup_s, partial(_modelled, plan, structure, step, model))


def _geometry(plan: Plan) -> Iterator[Entry]:
    """The polynomials of the geometry, where they know the molecule and its place."""
    subject = load_subject("geometry")
    assert isinstance(subject, FockSubject)
    if _knows(subject, plan):
        try:
            setup, (structure, model) = timed(partial(subject.make, plan.system))
        except InputError:
            return
        yield from _stepped("geometry", plan, structure, model, setup)


def _networks(plan: Plan) -> Iterator[Entry]:
    """The trained networks, where the system is one of those on which they were trained."""
    for subject in map(load_subject, NETWORKS):
        if _knows(subject, plan):
            yield Entry(subject.name, "network", 0.0, partial(_answered, subject, plan))


def _baselines(plan: Plan, structure: Structure) -> Iterator[Entry]:
    """The frozen Fock matrix, the first half of the trajectory continued, and linear response."""
    setup, frozen = timed(partial(Frozen.of, structure))
    yield Entry("frozen", "baseline", setup, partial(_modelled, plan, structure, SAMPLES_AU, frozen))
    yield Entry("prony", "baseline", 0.0, partial(_answered, load_subject("prony"), plan))
    setup, states = timed(partial(excitations, structure))
    grid = AtomicTimeGrid.until(plan.horizon_au, TRUE_STEP_AU)

    def linear() -> Evolution:
        return Evolution(grid, states.induced(plan.system.field, grid), 0)

    yield Entry(LINEAR, "baseline", setup, linear)


def _knows(subject: Subject, plan: Plan) -> bool:
    return not check(subject.domain, plan.system).exceeded


def _steps(plan: Plan, step_au: float) -> AtomicTimeGrid:
    return AtomicTimeGrid(int(np.ceil(plan.horizon_au / step_au - 1e-9)) + 1, step_au, float("inf"))


def _propagated(
    plan: Plan, structure: Structure, step_au: float, method: str, model: FockModel | None = None
) -> Evolution:
    return evolve(structure, plan.system.field, _steps(plan, step_au), method, model)


def _modelled(plan: Plan, structure: Structure, step_au: float, model: FockModel) -> Evolution:
    return replace(_propagated(plan, structure, step_au, METHOD, model), builds=0)


def _anchored(plan: Plan, structure: Structure, kernel: Kernel, interval_au: float, step_au: float) -> Evolution:
    model = Anchored(kernel, structure, interval_au)
    return replace(_propagated(plan, structure, step_au, METHOD, model), builds=model.true_builds)


def _answered(subject: Subject, plan: Plan) -> Evolution:
    """The answer of a subject with steps of its own; that of a network has the energy too."""
    grid = _steps(plan, SAMPLES_AU)
    answer = subject.answer(plan.system, grid)
    return Evolution(grid, answer.arrays["dipole"].T, int(answer.provenance.details.get("builds", 0)))
