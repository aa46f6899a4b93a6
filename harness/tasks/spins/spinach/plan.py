"""The trajectories that the cache has to contain. The same seeds always give the same list.

Molecules, variants of them, and chains, all as systems in our frame; and molecules as they are (:mod:`.laboratory`,
:mod:`.library_cases`). :func:`fresh` draws more of the same kinds from any seed: systems that no cache holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.tasks.spins.spinach.laboratory import ROLE as LABORATORY
from harness.tasks.spins.spinach.laboratory import requests as laboratory_requests
from harness.tasks.spins.spinach.library_cases import ROLE as LIBRARY
from harness.tasks.spins.spinach.library_cases import requests as library_requests
from harness.tasks.spins.spinach.relaxation_cases import ROLE as RELAXATION
from harness.tasks.spins.spinach.relaxation_cases import ROLE_MOLECULE, ROLE_WHOLE
from harness.tasks.spins.spinach.relaxation_cases import requests as relaxation_requests
from harness.tasks.spins.spinach.request import Request, SpinachOptions
from harness.tasks.spins.systems import LONG_GRID, STANDARD_GRID, Molecule, TimeGrid, chain, load_molecule, topology

SEED = 20260822
FIELDS_T = (9.4, 14.1)
CARRIERS_PPM = {"glycine": 3.5, "alanine": 2.6, "valine": 2.3}  # inside each spectrum, off every line
SOURCES = ("gissmo", "govindaraju")
TRAIN_VARIANTS, TEST_VARIANTS = 20, 10
SHIFT_SPREAD_PPM = 0.02
COUPLING_SPREAD = 0.05
FIELD_RANGE_T = (7.0, 21.0)
NARROWEST_PPM = 1.0
CHAIN_SIZES = (2, 4, 6, 8)
CHAIN_DRAWS = 4
UNIFORM_COUPLING_HZ = 12.5
COUPLING_RANGE_HZ = (5.0, 20.0)
WIDE_HZ, NARROW_HZ = 250.0, 30.0
TRUNCATED_SIZE, TRUNCATED_LEVEL = 12, 6
FRESH_MOLECULES = ("alanine", "valine")
FRESH_VARIANTS = 6
FRESH_SIZES = (4, 6, 8)  # of two spins the pair product is exact: these would test nothing
FRESH_WIDE, FRESH_NARROW = 4, 2

ROLES = (
    "molecule",
    "molecule-long",
    "molecule-centred",
    "molecule-variant-train",
    "molecule-variant-test",
    "chain",
    "chain-strong",
    "chain-truncated",
    LABORATORY,
    LIBRARY,
    RELAXATION,
    ROLE_MOLECULE,
    ROLE_WHOLE,
)


@dataclass(frozen=True)
class Planned:
    """One trajectory to compute: a role and a case name, the request, and what its system was made from."""

    role: str
    case: str
    request: Request
    parameters: dict[str, Any]

    @property
    def cost_s(self) -> float:
        """Rough CPU seconds under Octave, for scheduling and time limits only."""
        n, points = len(self.request.system), self.request.grid.points
        relaxation = self.request.system.relaxation
        if relaxation is not None and relaxation.model == "redfield":
            return 900.0 if self.request.options.truncated else 0.02 * 5.0**n
        if self.request.options.truncated:
            return 3.0 * (n - 1)
        return 0.3 + 1.2e-5 * 4.0**n * (points / 300 + 1.0)


def full_plan() -> list[Planned]:
    """Everything, in a fixed order. A request that comes twice (one line, carrier on it, two fields) is stored once."""
    every: dict[str, Planned] = {}
    for item in (*molecules(), *variants(), *chains(), *laboratory(), *of_library(), *relaxing()):
        every.setdefault(item.request.key("", ""), item)
    return list(every.values())


def select(plan: Iterable[Planned], roles: Iterable[str] = (), case: str = "") -> list[Planned]:
    """The part of a plan with these roles (all if none) whose case name contains ``case``."""
    roles = tuple(roles)
    return [item for item in plan if (not roles or item.role in roles) and case in item.case]


def molecules() -> list[Planned]:
    """The three molecules from both sources and [2-13C]glycine, at both fields.

    At a fixed carrier on both grids, and with the carrier in the middle of the spectrum (what :meth:`Molecule.at`
    does when none is given) on the long grid.
    """
    plan = []
    named = [(name, source) for name in CARRIERS_PPM for source in SOURCES]
    for name, source in [*named, ("glycine-13c", "literature")]:
        molecule = load_molecule(name, source=source)
        for field_t in FIELDS_T:
            fixed = dict.fromkeys([molecule.observed], CARRIERS_PPM[name.removesuffix("-13c")])
            for role, grid, carrier in (
                ("molecule", STANDARD_GRID, fixed),
                ("molecule-long", LONG_GRID, fixed),
                ("molecule-centred", LONG_GRID, {}),
            ):
                plan.append(_molecule(role, f"{name}.{source} {field_t:g} T", molecule, name, field_t, carrier, grid))
    return plan


def variants() -> list[Planned]:
    """Each molecule perturbed, sources in turn: 20 for training, 10 for testing, on the long grid.

    Shifts move by up to ±0.02 ppm group by group, couplings by up to ±5 % per pair of groups, the field is uniform in
    7-21 T, and the carrier is anywhere within the spectrum: all as for another sample and another magnet.
    A spectrum of one line (glycine) counts as 1 ppm wide, else the carrier would always be on the line.
    """
    return [
        _variant(role, name, k, [SEED, code, number, k])
        for number, name in enumerate(CARRIERS_PPM)
        for role, count, code in (
            ("molecule-variant-train", TRAIN_VARIANTS, 1),
            ("molecule-variant-test", TEST_VARIANTS, 2),
        )
        for k in range(count)
    ]


def fresh(seed: int) -> list[Planned]:
    """Variants of alanine and valine and chains, drawn from ``seed`` as those for testing are: in no cache.

    Of each molecule both sources in turn; of each size of :data:`FRESH_SIZES` chains of wide and of narrow offsets.
    """
    plan = [
        _variant("molecule-variant-test", name, k, [seed, 6, number, k])
        for number, name in enumerate(FRESH_MOLECULES)
        for k in range(FRESH_VARIANTS)
    ]
    for n in FRESH_SIZES:
        plan += [_chain("chain", n, WIDE_HZ, 7, k, LONG_GRID, base=seed) for k in range(FRESH_WIDE)]
        plan += [_chain("chain-strong", n, NARROW_HZ, 8, k, LONG_GRID, base=seed) for k in range(FRESH_NARROW)]
    return plan


def _variant(role: str, name: str, k: int, seed: list[int]) -> Planned:
    source = SOURCES[k % len(SOURCES)]
    rng = np.random.default_rng(seed)
    molecule, draws = perturbed(load_molecule(name, source=source), rng)
    field_t = float(rng.uniform(*FIELD_RANGE_T))
    width = max(float(np.ptp(molecule.shifts_ppm)), NARROWEST_PPM)
    centre = molecule.centre_ppm(molecule.observed)
    carrier = {molecule.observed: float(rng.uniform(centre - width / 2, centre + width / 2))}
    item = _molecule(role, f"{name}.{source} variant {k + 1}", molecule, name, field_t, carrier, LONG_GRID)
    item.parameters.update(seed=seed, variant=k + 1, **draws)
    return item


def perturbed(molecule: Molecule, rng: np.random.Generator) -> tuple[Molecule, dict[str, Any]]:
    """A molecule with other shifts and couplings and the same equivalence, and the random numbers."""
    from dataclasses import replace

    names = list(dict.fromkeys(molecule.groups))
    moves = {name: float(rng.uniform(-SHIFT_SPREAD_PPM, SHIFT_SPREAD_PPM)) for name in names}
    pairs = [(a, b) for k, a in enumerate(names) for b in names[k:]]
    factors = {pair: float(rng.uniform(1 - COUPLING_SPREAD, 1 + COUPLING_SPREAD)) for pair in pairs}
    shifts = np.array([s + moves[g] for s, g in zip(molecule.shifts_ppm, molecule.groups, strict=True)])
    couplings = np.array(molecule.couplings_hz)
    for i, a in enumerate(molecule.groups):
        for j, b in enumerate(molecule.groups):
            couplings[i, j] *= factors.get((a, b), factors.get((b, a), 1.0))
    draws = {
        "shift_moves_ppm": moves,
        "coupling_factors": {f"{a} {b}": factor for (a, b), factor in factors.items()},
    }
    return replace(molecule, shifts_ppm=shifts, couplings_hz=couplings), draws


def chains() -> list[Planned]:
    """Chains of 2, 4, 6 and 8 spins on the long grid, of 10 (complete) and 12 (truncated) on the standard one."""
    plan = []
    for n in CHAIN_SIZES:
        rng = np.random.default_rng(seed := [SEED, 3, n, 0])
        system = chain(list(rng.uniform(-WIDE_HZ, WIDE_HZ, n)), UNIFORM_COUPLING_HZ)
        made = {"seed": seed, "offset_range_hz": WIDE_HZ, "coupling_hz": UNIFORM_COUPLING_HZ}
        plan.append(Planned("chain", f"chain-{n} uniform", Request.of(system, LONG_GRID), made))
        for k in range(CHAIN_DRAWS):
            plan.append(_chain("chain", n, WIDE_HZ, 4, k, LONG_GRID))
        for k in range(CHAIN_DRAWS):
            plan.append(_chain("chain-strong", n, NARROW_HZ, 5, k, LONG_GRID))
    plan.append(_chain("chain", 10, WIDE_HZ, 4, 0, STANDARD_GRID))
    truncated = SpinachOptions("sphten-liouv", "IK-1", TRUNCATED_LEVEL)
    for k in range(2):
        plan.append(_chain("chain-truncated", TRUNCATED_SIZE, WIDE_HZ, 4, k, STANDARD_GRID, truncated))
    return plan


def laboratory() -> list[Planned]:
    """Molecules of which Spinach is given field, shifts and couplings in place of offsets.

    The molecule is in the request. It is not among the parameters: these determine which requests in our frame are
    cached.
    """
    return [
        Planned(
            LABORATORY, case, request, {"field_t": request.options.magnet_t, "carrier_ppm": dict(request.carriers_ppm)}
        )
        for case, request in laboratory_requests()
    ]


def of_library() -> list[Planned]:
    """Systems of the library of which Spinach is given field, shifts and couplings, see :mod:`.library_cases`."""
    return [
        Planned(
            LIBRARY,
            case,
            request,
            {"entry": entry.key, "field_t": request.options.magnet_t, "carrier_ppm": dict(request.carriers_ppm)},
        )
        for case, entry, request in library_requests()
    ]


def relaxing() -> list[Planned]:
    """Systems that relax, see :mod:`.relaxation_cases`."""
    return [Planned(*case) for case in relaxation_requests()]


def _chain(
    role: str,
    n: int,
    offsets_hz: float,
    code: int,
    k: int,
    grid: TimeGrid,
    options: SpinachOptions | None = None,
    base: int = SEED,
) -> Planned:
    seed = [base, code, n, k]
    system = topology("chain", n, np.random.default_rng(seed), offsets_hz, COUPLING_RANGE_HZ)
    made = {"seed": seed, "offset_range_hz": offsets_hz, "coupling_range_hz": list(COUPLING_RANGE_HZ), "draw": k + 1}
    kind = "strong draw" if role == "chain-strong" else "draw"
    return Planned(role, f"chain-{n} {kind} {k + 1}", Request.of(system, grid, options=options), made)


def _molecule(
    role: str, case: str, molecule: Molecule, name: str, field_t: float, carrier: dict[str, float], grid: TimeGrid
) -> Planned:
    system = molecule.at(field_t, carrier or None)
    isotopes = dict.fromkeys(molecule.isotopes)
    carriers = {isotope: float(carrier.get(isotope, molecule.centre_ppm(isotope))) for isotope in isotopes}
    parameters = {
        "molecule": name,
        "source": molecule.source,
        "field_t": field_t,
        "carrier_ppm": carriers,
        "shifts_ppm": [float(s) for s in molecule.shifts_ppm],
        "groups": list(molecule.groups),
    }
    return Planned(role, case, Request.of(system, grid), parameters)
