"""The truth of a validation: the reference, the reason for its choice, and its answer to every test case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from harness.errors import InputError
from harness.task import Resolution
from harness.tasks.spins.spinach.plan import Planned, full_plan
from harness.tasks.spins.systems import STANDARD_GRID, SpinSystem, TimeGrid, Trajectory

# Training variants are never test cases. The smoke tier judges 30 ms; the long grid is for the nightly tier.
SMOKE_ROLES = ("molecule", "molecule-variant-test", "chain", "chain-strong", "chain-truncated")
LONG_ROLES = ("molecule-long", "molecule-centred")
SPINACH_NAMES = ("spinach", "spinach-matlab", "spinach-octave")


@dataclass(frozen=True, eq=False)
class Case:
    """One test case, before or after the truth is known.

    ``system`` is the system that the subject has to compute, with the offsets that the truth really used (including
    rounding). ``id`` is valid as a pytest parameter; ``parameters`` are those from which the system was generated
    (molecule, source, field, carrier, seed, draws). ``problem`` is the reason why an expected truth is missing.
    """

    id: str
    role: str
    name: str
    system: SpinSystem
    grid: TimeGrid
    truth: Trajectory | None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    truncated: bool = False
    wall_s: float | None = None
    problem: str = ""

    @property
    def molecule(self) -> str:
        """Name of the molecule, "" for other systems."""
        return str(self.parameters.get("molecule", ""))

    @property
    def source(self) -> str:
        """Source of the molecule's parameters, "" for other systems."""
        return str(self.parameters.get("source", ""))

    @property
    def field_t(self) -> float | None:
        """B0 in tesla; None if the system has no field."""
        return self.parameters.get("field_t")

    @property
    def carrier_ppm(self) -> float:
        """Carrier of the observed isotope in ppm; 0 if there is none."""
        carriers = self.parameters.get("carrier_ppm") or {}
        return float(carriers.get(self.system.observed, 0.0))

    @property
    def vacuous(self) -> bool:
        """True if M of this system is one undamped line, so that every method with the correct offset is exact."""
        observed = list(self.system.observed_spins)
        offsets = self.system.offsets_hz[observed]
        same = self.system.same_isotope
        return bool(offsets.max() - offsets.min() == 0 and not (self.system.couplings_hz[~same] != 0).any())

    @property
    def judges_i1z(self) -> bool:
        """False for glycine: its I1z depends on the geminal coupling, whose value is a placeholder in both sources."""
        return not self.molecule.startswith("glycine")


@dataclass(frozen=True, eq=False)
class Truth(Resolution):
    """The reference of this run, and its answers to the planned cases."""

    @cached_property
    def planned(self) -> dict[str, Planned]:
        """Every planned case by its id, training variants left out."""
        return planned_cases()

    def ids(self, *roles: str) -> list[str]:
        """Ids of the planned cases with these roles, in the order of the plan."""
        return [key for key, item in self.planned.items() if item.role in roles]

    def case(self, key: str, grid: TimeGrid | None = None) -> Case:
        """The case with its truth on ``grid`` (by default 300 points for smoke roles, else the whole planned grid).

        If there is no truth, no error is raised: the reason is in ``problem``.
        """
        blank = unanswered(key, self.planned[key], grid)
        if (key, blank.grid) not in self._answered:
            self._answered[key, blank.grid] = self._completed(blank)
        return self._answered[key, blank.grid]

    @cached_property
    def _answered(self) -> dict[tuple[str, TimeGrid], Case]:
        """Cases with their truth: none is computed twice in a run."""
        return {}

    def _completed(self, blank: Case) -> Case:
        try:
            found, wall_s = self._ask(self.planned[blank.id], blank.grid)
        except InputError as error:
            return replace(blank, problem=str(error))
        from harness.tasks.spins.spinach import system_used

        return replace(blank, system=system_used(blank.system, found), truth=found, wall_s=wall_s)

    @property
    def live_spinach(self) -> Callable[[SpinSystem, TimeGrid], Trajectory] | None:
        """The live computation of any system by Spinach; None if Spinach is not requested or cannot be run."""
        if not (self.is_requested and self.live and self.requested in SPINACH_NAMES):
            return None
        return self.reference.simulate

    def available(self, key: str) -> bool:
        """True if the truth of a planned case is cached or can be computed here (a damaged entry counts as cached)."""
        if self.live or not self.is_requested or self.requested not in SPINACH_NAMES:
            return True
        from harness.tasks.spins.spinach import CacheFault

        try:
            return self._entry(self.planned[key]) is not None
        except CacheFault:
            return True

    @cached_property
    def _entries(self) -> dict[tuple[str, int], Any]:
        """Cache entries by request: each file is read and checked once in a run."""
        return {}

    def _entry(self, item: Planned) -> Any:
        key = (item.request.family, item.request.grid.points)
        if key not in self._entries:
            self._entries[key] = self.reference.cache.find(item.request, self.reference.engine)
        return self._entries[key]

    def _ask(self, item: Planned, grid: TimeGrid) -> tuple[Trajectory, float | None]:
        import time

        start = time.perf_counter()
        if self.is_requested and self.requested in SPINACH_NAMES:
            found = self._spinach(item, grid)
            stages = found.provenance.details.get("stages_wall_s")
            return found, float(sum(stages.values())) if stages else time.perf_counter() - start
        found = self.reference.simulate(item.request.system, grid)
        return found, time.perf_counter() - start

    def _spinach(self, item: Planned, grid: TimeGrid) -> Trajectory:
        request = replace(item.request, grid=grid)
        if not self.reference.live:
            entry = self._entry(item)
            if entry is not None:
                return entry.trajectory(request)
        return self.reference.answer(request)


SUFFIXES = {
    "molecule-long": "-long",
    "molecule-centred": "-centred",
    "chain-truncated": "-truncated",
    "laboratory": "-laboratory",
}


def case_id(item: Planned) -> str:
    """A name that needs no quoting in a shell or in pytest: "valine.gissmo-9.4T", "chain-8-strong-draw-2"."""
    return item.case.replace(" T", "T").replace(" ", "-") + SUFFIXES.get(item.role, "")


def planned_cases() -> dict[str, Planned]:
    """Every planned case by its id, without training variants and systems that relax, even if its truth is missing."""
    return {
        case_id(item): item
        for item in full_plan()
        if item.role != "molecule-variant-train" and item.request.system.relaxation is None
    }


def unanswered(key: str, item: Planned, grid: TimeGrid | None = None) -> Case:
    """A planned case without its truth: 300 points for smoke roles, else the planned grid."""
    grid = grid or (STANDARD_GRID if item.role in SMOKE_ROLES else item.request.grid)
    options = item.request.options
    return Case(key, item.role, item.case, item.request.system, grid, None, item.parameters, options.truncated)


def brief(trajectory: Trajectory) -> dict[str, Any]:
    """Provenance of a trajectory as plain JSON values, without the matrices of parameters."""
    whole = trajectory.provenance.as_dict()
    whole["details"] = {k: v for k, v in whole["details"].items() if k != "couplings_used_hz"}
    return whole


def resolve_truth(requested: str, live: bool, allow_fallback: bool, cache_dir: str | None = None) -> Truth:
    """Determine the reference that is available here.

    Raises
    ------
    InputError
        For an unknown method; or if Spinach is requested, is neither live nor cached, and no fallback is allowed. The
        message describes what to do.
    """
    from harness.tasks.spins.references import METHODS, reference

    if requested not in METHODS:
        raise InputError(f"--validate-against {requested!r} is unknown (known: {', '.join(METHODS)})")
    if requested not in SPINACH_NAMES:
        return Truth(requested, requested, "computed in this process, as requested", True, True, reference(requested))
    method: Any = reference(requested, live=live, cache_dir=cache_dir)
    found = method.resolve()
    if found.is_spinach:
        return Truth(requested, found.used, found.line(), True, found.live, method)
    if not allow_fallback:
        raise InputError(
            f"{found.refusal()}. Set SPINACH_ROOT to a copy of Spinach and install Octave or MATLAB, or build a cache "
            "elsewhere and point HARNESS_CACHE to it; or add --allow-fallback to compare with 'exact' instead "
            "(which is not a validation against Spinach)"
        )
    return Truth(requested, "exact", found.refusal(), False, True, reference("exact"), "exact")
