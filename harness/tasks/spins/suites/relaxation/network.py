"""What a network adds to neighbourhoods: spin-graph, which knows no relaxation, as a correction that is carried over.

Connected systems of 5 and 6 spins in bases of neighbourhoods of 3 and 4 spins, and systems of 9 spins in the basis of
the method as it is: each without the network, with it, and with an exact signal in its place, which is the most that
any network could add in this way. The truth is dense, or has all states (43,758 for 9 spins). Up to 8 spins the method
itself has all states; what it leaves to a network is measured too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.report import Measurement
from harness.surrogates import load_surrogate
from harness.tasks.spins.references import reference
from harness.tasks.spins.relaxation.carried_over import carried_over
from harness.tasks.spins.spinach.relaxation_cases import FIELD_T, WHOLE_TAU_C_S, random_places
from harness.tasks.spins.suites.relaxation.cases import relative
from harness.tasks.spins.suites.relaxation.plan import BELIEVED, WHOLE_METHOD
from harness.tasks.spins.systems import LONG_GRID, SpinSystem, topology
from harness.tasks.spins.systems.relaxation import MODELS, Relaxation

SEED = 20261130
NETWORK = "spin-graph"
KINDS, SPREADS_HZ = ("chain", "tree"), (250.0, 50.0)
DENSE = 6
"""Spins up to which the truth is the dense reference."""
BASES: dict[str, dict[str, Any]] = {
    "neighbourhoods of 3": {"size": 3, "level": 3, "complete": 0},
    "neighbourhoods of 4": {"size": 4, "level": 4, "complete": 0},
    "as it is": {},
}
FREE = Relaxation("damp", damp_rate_per_s=1e-9)
"""In place of no relaxation, which the method does not take."""
ALONE, WITH_NETWORK, WITH_EXACT = "without a network", f"with {NETWORK}", "with an exact signal in its place"


def systems(spins: int, model: str) -> Iterator[SpinSystem]:
    """Chains and trees of wide and narrow offsets on one set of rates or places each."""
    for kind in KINDS:
        for spread_hz in SPREADS_HZ:
            rng = np.random.default_rng([SEED, spins, KINDS.index(kind), int(spread_hz)])
            yield topology(kind, spins, rng, offset_range_hz=spread_hz).with_(relaxation=_relaxation(model, spins, rng))


def _relaxation(model: str, spins: int, rng: np.random.Generator) -> Relaxation:
    if model == "damp":
        return Relaxation("damp", damp_rate_per_s=2.0)
    if model == "t1_t2":
        r1_per_s = rng.uniform(0.3, 2, spins)
        return Relaxation("t1_t2", r1_per_s=r1_per_s, r2_per_s=r1_per_s + rng.uniform(0, 4, spins))
    places = random_places(rng, spins)
    return Relaxation("redfield", positions_angstrom=places, tau_c_s=WHOLE_TAU_C_S, field_t=FIELD_T)


def errors(system: SpinSystem, basis: str, network: Any) -> dict[str, float]:
    """Relative L2 error of M over 0.1 s: without the network, with it, and with the exact signal in its place."""
    rigid = system.with_(relaxation=None)
    relaxing, free = (_answer(one, basis) for one in (system, system.with_(relaxation=FREE)))
    found = network.predict([rigid], LONG_GRID).mean[0].m
    exact = reference("exact").simulate(rigid, LONG_GRID, ("m",)).m
    answers = {
        ALONE: relaxing,
        WITH_NETWORK: carried_over(relaxing, free, found, LONG_GRID),
        WITH_EXACT: carried_over(relaxing, free, exact, LONG_GRID),
    }
    true = _truth(system)
    return {how: relative(m, true) for how, m in answers.items()}


def _truth(system: SpinSystem) -> np.ndarray:
    complete = {"size": len(system), "level": len(system), "estimate": False}
    method = reference(BELIEVED) if len(system) <= DENSE else reference(WHOLE_METHOD, **complete)
    return method.simulate(system, LONG_GRID, ("m",)).m


def room(basis: str, spins: int = 5) -> Measurement:
    """The largest error that a basis leaves to a network, over all models."""
    found = {
        f"{model}, system {n + 1}": relative(_answer(system, basis), _truth(system))
        for model in MODELS
        for n, system in enumerate(systems(spins, model))
    }
    worst = max(found, key=lambda case: found[case])
    return Measurement(
        "largest relative L2 error of M over 0.1 s that is left to a network", f"{spins} spins, {basis}", WHOLE_METHOD,
        BELIEVED, found[worst], worst=worst, cases=len(found),
        subject_provenance={"kind": "reference", "name": WHOLE_METHOD},
    )  # fmt: skip


def _answer(system: SpinSystem, basis: str) -> np.ndarray:
    return reference(WHOLE_METHOD, estimate=False, **BASES[basis]).simulate(system, LONG_GRID, ("m",)).m


def measurements(sizes: tuple[int, ...]) -> list[Measurement]:
    """Medians over the systems of each size, basis and model: recorded, and judged nowhere."""
    network = load_surrogate(NETWORK)
    rows = []
    for spins in sizes:
        small = spins <= DENSE
        for basis in BASES if small else ("as it is",):
            for model in MODELS if small else MODELS[:2]:
                found = [errors(system, basis, network) for system in systems(spins, model)]
                rows += [_row(spins, basis, model, how, [one[how] for one in found]) for how in found[0]]
    return rows


def _row(spins: int, basis: str, model: str, how: str, values: list[float]) -> Measurement:
    return Measurement(
        f"relative L2 error of M over 0.1 s, {how}", f"{model}, {spins} spins, {basis}", WHOLE_METHOD,
        BELIEVED if spins <= DENSE else "all states", float(np.median(values)), cases=len(values),
        worst=f"{max(values):.2g} is the largest", subject_provenance={"kind": "reference", "name": WHOLE_METHOD},
        seeds={"draw": SEED},
    )  # fmt: skip
