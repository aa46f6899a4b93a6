"""Experiment 10: systems that relax. The package's references and the subject against Spinach, laws, and faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.report import Measurement
from harness.suites.asking import Claim, ask, measured
from harness.task import Tier
from harness.tasks.spins.references import reference
from harness.tasks.spins.spinach.cache import SpinachCache
from harness.tasks.spins.spinach.entry import Entry
from harness.tasks.spins.spinach.plan import Planned, relaxing
from harness.tasks.spins.spinach.relaxation_cases import GRID, ROLE, TAU_C_S, made, whole_molecule
from harness.tasks.spins.suites.figures.relaxation import shifts_and_heights
from harness.tasks.spins.systems import SpinSystem, TimeGrid, Trajectory

BELIEVED = "liouville-dense"
OBSERVABLES = ("m", "i1z", "spin_signals", "spin_polarisations")
WHOLE_METHOD = "liouville-neighbourhoods"
FRAGMENT = "strychnine fragment redfield complete"
EQUILIBRIUM_GRID = TimeGrid(2, 60.0)
"""Thirty T1 of a spin with R1 = 0.5/s."""


@dataclass(frozen=True)
class Plan:
    """The largest size of the systems that Spinach has computed, and correlation times over three decades."""

    largest: int
    correlation_times: int


PLANS: Mapping[Tier, Plan] = {"smoke": Plan(3, 4), "nightly": Plan(4, 13), "full": Plan(5, 25)}


def planned(role: str) -> list[Planned]:
    """The planned Spinach computations of one role."""
    return [item for item in relaxing() if item.role == role]


def found(items: Sequence[Planned]) -> list[Entry]:
    """The answers that are cached."""
    cache = SpinachCache.open()
    entries = (cache.find(item.request) for item in items)
    return [entry for entry in entries if entry is not None]


def small(plan: Plan) -> list[Planned]:
    """The generated systems up to the largest size that relax to the unit state."""
    return [
        item
        for item in planned(ROLE)
        if len(item.request.system) <= plan.largest and item.request.system.relaxation.equilibrium == "zero"  # type: ignore[union-attr]
    ]


def reference_error(
    items: Sequence[Planned], change: Callable[[SpinSystem], SpinSystem] = lambda system: system, whose: str = BELIEVED
) -> Measurement:
    """Largest error of M and I_1z of the dense reference against Spinach: a statement about this package."""
    errors = {}
    entries = found(items)
    for entry in entries:
        said, ours = entry.trajectory(), reference(BELIEVED).simulate(change(entry.system_used), entry.grid)
        errors[entry.case] = _furthest(ours, said, ("m", "i1z"))
    lacking = len(items) - len(entries)
    worst = max(errors, key=lambda case: errors[case], default="")
    return Measurement(
        "largest error of M and I_1z, made systems", f"{len(items)} systems", whose, "spinach",
        None if lacking else errors[worst], worst=worst,
        problem=f"{lacking} of {len(items)} answers of Spinach are not cached" if lacking else "",
        subject_provenance={"kind": "reference", "name": BELIEVED}, cases=len(items),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Whole:
    """M of strychnine by Spinach, and M by this package in the same basis with the rates of that basis."""

    entry: Entry
    ours: np.ndarray

    @classmethod
    def of(cls, entry: Entry) -> Whole:
        """Compute M here, in the basis of the cache entry."""
        options = {"level": 1, "rates": "basis", "space_level": entry.request.options.space_level, "estimate": False}
        ours = reference(WHOLE_METHOD, **options).simulate(entry.system_used, entry.grid, ("m",)).m
        return cls(entry, ours)

    def errors(self) -> list[Measurement]:
        """Relative error of M, and of the spectrum over 0.5-8.5 ppm at its natural line widths."""
        said = self.entry.trajectory().m
        ours, theirs = (shifts_and_heights(m, whole_molecule(), self.entry.grid)[1] for m in (self.ours, said))
        values = {"M": _relative(self.ours, said), "the spectrum": _relative(ours, theirs)}
        return [
            Measurement(
                f"relative L2 error of {what} in the basis of Spinach", self.entry.case, WHOLE_METHOD, "spinach", value,
                subject_provenance={"kind": "reference", "name": WHOLE_METHOD},
            )
            for what, value in values.items()
        ]  # fmt: skip


def subject_claims(subject: Any, plan: Plan) -> list[Claim]:
    """The subject on small systems and six protons of strychnine, against Spinach in complete bases."""
    entries = [entry for entry in found(small(plan)) if entry.system.relaxation.rlx_keep == "kite"]  # type: ignore[union-attr]
    errors = {}
    for entry in entries:
        answer = ask(subject, [entry.system_used], entry.grid)
        said = answer.trajectories[0]
        errors[entry.case] = np.inf if said is None else _furthest(said, entry.trajectory(), ("m",))
    worst = max(errors, key=lambda case: errors[case])
    about = "largest error of M, made systems"
    claims = [
        Claim(
            measured(about, f"{len(errors)} systems", subject, errors[worst], reference="spinach", worst=worst), "small"
        )
    ]
    (fragment,) = found([item for item in relaxing() if item.case == FRAGMENT])
    answer = ask(subject, [fragment.system_used], fragment.grid)
    said = answer.trajectories[0]
    value = None if said is None else _relative(said.m, fragment.trajectory().m)
    about = "relative L2 error of M, six protons of strychnine"
    found_claim = measured(about, FRAGMENT, subject, value, reference="spinach", problem=answer.problem)
    return [*claims, Claim(found_claim, "molecule")]


def tau_claim(subject: Any, plan: Plan, stretch: float = 1.0) -> Claim:
    """Largest error of M over correlation times from 10 ps to 10 ns; those of the truth are longer by ``stretch``."""
    base = made("redfield", 3, 0)
    assert base.relaxation is not None
    errors = {}
    for tau_c_s in np.geomspace(TAU_C_S[0] / 2, TAU_C_S[1] * 2, plan.correlation_times):
        times = float(tau_c_s), float(tau_c_s * stretch)
        system, true = (base.with_(relaxation=replace(base.relaxation, tau_c_s=one)) for one in times)
        said = ask(subject, [system], GRID).trajectories[0]
        truth = reference(BELIEVED).simulate(true, GRID, ("m",))
        errors[f"{tau_c_s:.2g} s"] = np.inf if said is None else _furthest(said, truth, ("m",))
    worst = max(errors, key=lambda case: errors[case])
    case = f"{len(errors)} correlation times"
    about = "largest error of M over correlation times"
    return Claim(measured(about, case, subject, errors[worst], reference=BELIEVED, worst=worst), "tau_c")


def law_claims(subject: Any, plan: Plan) -> list[Claim]:
    """|M| does not grow, and the final state is the stated equilibrium."""
    gain = 0.0
    for entry in found(small(plan)):
        said = ask(subject, [entry.system_used], entry.grid).trajectories[0]
        gain = np.inf if said is None else max(gain, float(np.abs(said.m).max()) - 1)
    claims = [Claim(measured("largest |M| above 1", "made systems", subject, gain, reference="theory"), "gain")]
    system = warm_spin()
    said = ask(subject, [system], EQUILIBRIUM_GRID).trajectories[0]
    if said is not None and said.i1z is not None:
        value = abs(float(said.i1z[-1]) + 1)
        about = "polarisation at the end, in units of equilibrium, off 1"
        claims.append(Claim(measured(about, "one spin, 60 s", subject, value, reference="theory"), "equilibrium"))
    return claims


def warm_spin() -> SpinSystem:
    """One spin with T1 = 2 s that relaxes to thermal equilibrium."""
    from harness.tasks.spins.systems.relaxation import Relaxation

    rates = Relaxation(
        "t1_t2", r1_per_s=np.array([0.5]), r2_per_s=np.array([1.0]), equilibrium="dibari", temperature_k=298.0,
        field_t=14.1,
    )  # fmt: skip
    return SpinSystem([0.0], [[0.0]], relaxation=rates)


def faults() -> dict[str, Callable[[SpinSystem], Trajectory]]:
    """Wrong answers for a pair of dipolar spins that relaxes to equilibrium, keyed by the fault."""
    dense = reference(BELIEVED)

    def with_(**changes: Any) -> Callable[[SpinSystem], Trajectory]:
        def answer(system: SpinSystem) -> Trajectory:
            assert system.relaxation is not None
            return dense.simulate(system.with_(relaxation=replace(system.relaxation, **changes)), GRID, OBSERVABLES)

        return answer

    def turned(system: SpinSystem) -> Trajectory:
        right = dense.simulate(system, GRID, OBSERVABLES)
        assert right.spin_polarisations is not None
        signs = np.where(np.arange(len(system)) == system.tagged_spin, 1.0, -1.0)
        return replace(right, spin_polarisations=right.spin_polarisations * signs[:, None])

    def dropped(system: SpinSystem) -> Trajectory:
        right = dense.simulate(system, GRID, OBSERVABLES)
        assert right.spin_polarisations is not None
        kept = np.arange(len(system)) == system.tagged_spin
        return replace(right, spin_polarisations=right.spin_polarisations * kept[:, None])

    system = faulty_pair()
    assert system.relaxation is not None
    assert system.relaxation.tau_c_s is not None
    tau_c_s = system.relaxation.tau_c_s
    return {
        "rate doubled": with_(tau_c_s=2 * tau_c_s),
        "cross relaxation dropped": dropped,
        "sign of the cross relaxation turned": turned,
        "correlation time 10 % long": with_(tau_c_s=1.1 * tau_c_s),
        "equilibrium forgotten": with_(equilibrium="zero", temperature_k=None),
    }


def faulty_pair() -> SpinSystem:
    """Two dipolar spins in the extreme narrowing limit, where every rate is proportional to the correlation time."""
    system = made("redfield", 2, 0)
    assert system.relaxation is not None
    cold = replace(system.relaxation, tau_c_s=1e-11, equilibrium="dibari", temperature_k=298.0)
    return system.with_(relaxation=cold)


def slipped_claim(answers: Mapping[str, Callable[[SpinSystem], Trajectory]], limit: float) -> Claim:
    """The number of wrong answers that would pass with the limit of small systems."""
    system = faulty_pair()
    truth = reference(BELIEVED).simulate(system, GRID, OBSERVABLES)
    seen = {what: _furthest(answer(system), truth, OBSERVABLES) > limit for what, answer in answers.items()}
    slipped = [what for what, caught in seen.items() if not caught]
    return Claim(
        Measurement(
            "faults that the judge of small systems lets pass", f"{len(seen)} faults", "faults", BELIEVED,
            float(len(slipped)), worst=slipped[0] if slipped else "", subject_provenance={"kind": "harness"},
        ),
        "slipped",
    )  # fmt: skip


def _furthest(one: Trajectory, other: Trajectory, names: Sequence[str]) -> float:
    pairs = ((getattr(one, name), getattr(other, name)) for name in names)
    return max(float(np.abs(a - b).max()) for a, b in pairs if a is not None and b is not None)


def _relative(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(one - other) / np.linalg.norm(other))
