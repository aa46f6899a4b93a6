"""Experiment 8: what the suites catch. Seeded faults and correct subjects against all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

from harness.benchmark.timing import Protocol
from harness.report import Measurement, Target, judge
from harness.subjects import NamedSubject
from harness.suites.asking import Claim, Tier, Truths
from harness.suites.targets import Suite
from harness.tasks.spins.suites.experiments import conservation, inverse, ood, scaling, topology, uncertainty
from harness.tasks.spins.suites.faults.carrier import ExactCarrier, HonestCarrier
from harness.tasks.spins.suites.faults.wrapper import Fault, Faulty
from harness.tasks.spins.systems import TimeGrid

Cell = Literal["caught", "passed", "not run"]
SUITES = ("scaling", "conservation", "topology", "ood", "uncertainty", "spinach", "inverse")
RICH = ("m", "i1z", "spin_signals", "spin_polarisations")
# What a subject costs, and what it was trained on, is not whether it is right.
NOT_CORRECTNESS = ("hoped_speed_up_n8", "hoped_speed_up_n10", "dominated", "ring_increase", "seconds")


@dataclass(frozen=True)
class Plan:
    """How much each suite measures per fault, and how many molecules stand for the Spinach suite.

    Subjects that state no uncertainty go through the light plan of that suite: it can judge its own bands only. The
    fits of the inverse suite have balanced noise, so that two of J alone and one of everything tell a biased model.
    ``bisections`` > 0: the smallest caught size of every fault that has one, in so many steps; of the faults whose turn
    comes after ``bisections_s`` seconds spent on that it is not measured, and the row says so.
    """

    scaling: scaling.Plan
    conservation: conservation.Plan
    topology: topology.Plan
    ood: ood.Plan
    uncertainty: uncertainty.Plan
    light_uncertainty: uncertainty.Plan
    inverse: inverse.Plan
    molecules: int
    bisections: int
    bisections_s: float = 0.0


QUICK = Plan(
    scaling.Plan((3, 5), 12, 1, (), Protocol(0, 1, 1, budget_s=1e-9), seed=81),
    conservation.Plan(3, 4, 4, TimeGrid(300, 1e-4), seed=82),
    topology.Plan((4,), 5, seed=83),
    ood.Plan(4, 9, 4, TimeGrid(400, 1e-4), seed=84),
    uncertainty.Plan(3, 400, 400, 60, seed=85),
    uncertainty.Plan(3, 60, 60, 20, seed=86),
    inverse.Plan(4, 1, (6,), 1, 0, seed=87, targets_hz=(7.5, 12.5), snrs=(50.0,), balanced=True),
    2,
    0,
)
PLANS: Mapping[Tier, Plan] = {
    "smoke": QUICK,
    "nightly": Plan(
        scaling.Plan((3, 5, 6), 20, 1, (), Protocol(0, 1, 1, budget_s=1e-9), seed=81),
        conservation.Plan(3, 5, 12, seed=82),
        topology.Plan((5,), 20, seed=83),
        ood.Plan(4, 9, 10, TimeGrid(600, 1e-4), seed=84),
        uncertainty.Plan(3, 1000, 1000, 200, seed=85),
        uncertainty.Plan(3, 200, 200, 50, seed=86),
        inverse.Plan(4, 1, (6,), 1, 0, seed=87, targets_hz=(7.5, 12.5, 18.0), snrs=(20.0, 50.0), balanced=True),
        6,
        8,
        900.0,
    ),
}


@dataclass(frozen=True, eq=False)
class Row:
    """One fault or correct subject: what each suite said, and the first number that missed its target in each."""

    name: str
    what: str
    kind: Literal["fault", "null", "correct"]
    size: float | None
    unit: str
    cells: Mapping[str, Cell]
    reasons: Mapping[str, str]
    smallest_caught: float | None = None
    note: str = ""

    @property
    def caught(self) -> bool:
        """True if any suite objects."""
        return "caught" in self.cells.values()

    @property
    def wrong(self) -> bool:
        """A fault that slips through, or a null fault or correct subject that is rejected."""
        return self.caught != (self.kind == "fault")


@dataclass(eq=False)
class Bench:
    """All suites on one subject, with truths and targets shared by every fault."""

    plan: Plan
    targets: Mapping[str, Suite]
    truths: Truths = field(default_factory=lambda: Truths(observables=RICH))
    bisecting_s: float = 0.0
    _molecules: list[Any] = field(default_factory=list)
    _carriers: dict[tuple[type, bool], ExactCarrier] = field(default_factory=dict)

    def carrier(self, fault: Fault, for_fits: bool = False) -> ExactCarrier:
        """The correct subject that a fault is wrapped round; the one for fits forgets what it has computed."""
        kind = HonestCarrier if fault.carrier == "honest" else ExactCarrier
        if (kind, for_fits) not in self._carriers:
            truths = Truths(self.truths.reference, remembers=False) if for_fits else self.truths
            self._carriers[kind, for_fits] = kind(truths)
        return self._carriers[kind, for_fits]

    def faulty(self, fault: Fault) -> NamedSubject:
        """A subject with this fault."""
        return NamedSubject(fault.name, "surrogate", Faulty(self.carrier(fault), fault), {"fault": fault.what})

    def examine(self, subject: Any, suites: Sequence[str] = SUITES) -> tuple[dict[str, Cell], dict[str, str]]:
        """Verdict of every suite: "caught" if any correctness target is missed or any case fails."""
        cells: dict[str, Cell] = dict.fromkeys(SUITES, "not run")
        reasons: dict[str, str] = {}
        for suite in suites:
            objection = next(self._objections(suite, self._claims(suite, subject)), "")
            cells[suite] = "caught" if objection else "passed"
            if objection:
                reasons[suite] = objection
        return cells, reasons

    def _objections(self, suite: str, claims: Sequence[Claim]):
        for claim in claims:
            if claim.target in NOT_CORRECTNESS:
                continue
            target = self._target(suite, claim)
            verdict = judge(claim.measurement, target)
            if verdict.verdict in ("fail", "error"):
                value = claim.measurement.value
                number = verdict.message if value is None else f"{value:.3g} ({target})"
                yield f"{claim.measurement.metric} on {claim.measurement.case}: {number}"

    def _target(self, suite: str, claim: Claim) -> Target | None:
        return None if claim.target is None else self.targets[suite].target(claim.target)

    def _claims(self, suite: str, subject: Any) -> list[Claim]:
        plan, truths = self.plan, self.truths
        runs: dict[str, Callable[[], list[Claim]]] = {
            "scaling": lambda: scaling.run(subject, plan.scaling, truths).claims,
            "conservation": lambda: conservation.run(subject, plan.conservation).claims,
            "topology": lambda: topology.run(subject, plan.topology, truths).claims,
            "ood": lambda: ood.run(subject, plan.ood, truths).claims,
            "uncertainty": lambda: uncertainty.run(subject, self._uncertainty_plan(subject), truths).claims,
            "spinach": lambda: self._molecule_claims(subject),
            "inverse": lambda: inverse.of_subject(self._for_fits(subject), plan.inverse).claims,
        }
        return runs[suite]()

    def _for_fits(self, subject: Any) -> Any:
        """The same subject without a memory, which hundreds of systems on the way of a fit would fill."""
        model: Any = getattr(subject, "model", None)
        if isinstance(model, Faulty):
            forgetful: Any = Faulty(self.carrier(model.fault, for_fits=True), model.fault, model.seed)
        elif isinstance(model, ExactCarrier):
            forgetful = type(model)(Truths(self.truths.reference, remembers=False))
        else:
            return subject
        return NamedSubject(subject.name, subject.kind, forgetful, subject.provenance)

    def _uncertainty_plan(self, subject: Any) -> uncertainty.Plan:
        model = getattr(subject, "model", None)
        honest = isinstance(getattr(model, "model", model), HonestCarrier)
        return self.plan.uncertainty if honest else self.plan.light_uncertainty

    def _molecule_claims(self, subject: Any) -> list[Claim]:
        """The judged numbers of the Spinach suite on some molecules, with exact in the place of Spinach."""
        from harness.tasks.spins.suites.spinach.measure import against_pair_product, compare, errors
        from harness.tasks.spins.suites.truth import resolve_truth

        truth = resolve_truth("exact", live=False, allow_fallback=False)
        if not self._molecules:
            cases = [truth.case(key) for key in truth.ids("molecule")]
            cases = [case for case in cases if not case.vacuous and len(case.system) <= 8]
            self._molecules += cases[: self.plan.molecules]
        claims = []
        for case in self._molecules:
            found = errors(compare(case, truth, subject))
            claims.append(Claim(found["relative error of M", "subject"], "molecule_relative_error"))
            claims.append(Claim(against_pair_product(found), "against_pair_product"))
            if case.judges_i1z:
                claims.append(Claim(found["RMSE of I1z", "subject"], "molecule_i1z_rmse"))
        return claims


def fault_row(bench: Bench, fault: Fault, suites: Sequence[str] = SUITES) -> Row:
    """Every suite (or some) on one fault."""
    cells, reasons = bench.examine(bench.faulty(fault), suites)
    kind = "null" if fault.harmless else "fault"
    smallest, note = None, ""
    if bench.plan.bisections and not fault.harmless and fault.size is not None:
        if bench.bisecting_s >= bench.plan.bisections_s:
            note = f"smallest caught size not measured: the {bench.plan.bisections_s:g} s for that were spent"
        else:
            begun = perf_counter()
            caught = [suite for suite, cell in cells.items() if cell == "caught"]
            smallest = smallest_caught(bench, fault, bench.plan.bisections, caught or suites)
            bench.bisecting_s += perf_counter() - begun
            note = "" if smallest is not None else "a thousand times the size slips through as well"
    return Row(fault.name, fault.what, kind, fault.size, fault.unit, cells, reasons, smallest, note)


def subject_row(bench: Bench, name: str, subject: Any) -> Row:
    """Every suite on one correct subject; those that work with full matrices are spared 9 spins, and fits."""
    full = getattr(getattr(subject, "model", None), "name", "") in ("dense", "rk4")
    cells, reasons = bench.examine(subject, [s for s in SUITES if not (full and s in ("ood", "inverse"))])
    return Row(name, "correct subject", "correct", None, "", cells, reasons)


def smallest_caught(bench: Bench, fault: Fault, steps: int, suites: Sequence[str] = SUITES) -> float | None:
    """Smallest size of a fault that any suite catches, by bisection of its logarithm within a factor 1000 each way.

    Accurate to a factor 1000^(2/2^steps) (2^steps > 20: to better than 2); None if even 1000 times the size slips
    through. The suites' numbers grow with the size of every fault that has one, so that there is one threshold, and a
    suite that passes a size is not asked about smaller ones. ``suites`` are those that caught the size as it is, if
    any did.
    """
    assert fault.size is not None
    sign = 1.0 if fault.size > 0 else -1.0

    def catching(size: float, among: Sequence[str]) -> list[str]:
        cells, _ = bench.examine(bench.faulty(fault.sized(sign * size)), among)
        return [suite for suite in among if cells[suite] == "caught"]

    high = abs(fault.size)
    limit = high * 1e3
    found = catching(high, suites)
    while not found:
        high *= 10
        if high > limit:
            return None
        found = catching(high, SUITES)
    low = abs(fault.size) / 1e3
    if catching(low, found):
        return sign * low
    for _ in range(steps):
        middle = (low * high) ** 0.5
        still = catching(middle, found)
        low, high, found = (low, middle, still) if still else (middle, high, found)
    return sign * high


def replaced(bench: Bench) -> list[Row]:
    """Whole methods that are no exact ones, as faults: each must be caught by some suite."""
    from harness.tasks.spins.references import reference

    rows = []
    for name, what in (
        ("weak-coupling", "every coupling taken as weak"),
        ("pair-product", "the product of exact pair factors"),
    ):
        cells, reasons = bench.examine(NamedSubject(name, "reference", reference(name), {}))
        rows.append(Row(f"{name} instead", what, "fault", None, "", cells, reasons))
    return rows


def correct_subjects(bench: Bench, surrogates: Sequence[Any] = ()) -> dict[str, Any]:
    """At least ten subjects that are right: references by different roads, both carriers, and what is handed in."""
    from harness.tasks.spins.references import reference

    made: dict[str, Any] = {
        name: NamedSubject(name, "reference", reference(name), {}) for name in ("exact", "dense", "krylov", "chebyshev")
    }
    fine = reference("rk4", substeps=20)
    made["rk4, 20 substeps"] = NamedSubject("rk4, 20 substeps", "reference", fine, {})
    for size in (5, 7, 9):
        made[f"cluster {size}"] = NamedSubject(f"cluster {size}", "reference", reference("cluster", size=size), {})
    for kind in (ExactCarrier, HonestCarrier):
        made[kind.name] = NamedSubject(kind.name, "surrogate", kind(bench.truths), {})
    return made | {subject.name: subject for subject in surrogates}


def measurements(rows: Sequence[Row]) -> list[tuple[Measurement, str]]:
    """Share of faults caught, and of null faults and correct subjects that pass, with their targets."""
    found = []
    groups = (
        ("seeded faults that slip through", "fault", "slipped"),
        ("null faults and correct subjects rejected", "null correct", "rejected"),
    )
    for metric, kinds, target in groups:
        members = [row for row in rows if row.kind in kinds.split()]
        wrong = [_named(row) for row in members if row.wrong]
        measurement = Measurement(
            metric, "fault matrix", "all suites", "seeded faults", float(len(wrong)), worst=", ".join(wrong),
            note=f"{len(members) - len(wrong)} of {len(members)} as they should be",
            subject_provenance={"kind": "harness"},
        )  # fmt: skip
        found.append((measurement, target))
    return found


def _named(row: Row) -> str:
    """Name of a row that is not as it should be; of a fault that slips through, the smallest size that does not."""
    if row.smallest_caught is not None:
        return f"{row.name} (size {row.size:g} {row.unit}; caught from {row.smallest_caught:.2g} {row.unit})"
    return f"{row.name} ({row.note})" if row.note else row.name


@dataclass(frozen=True)
class TableRow:
    """A row of ``fault_matrix.csv``: one column per suite, then the first objection."""

    name: str
    kind: str
    what: str
    size: float | None
    unit: str
    scaling: str
    conservation: str
    topology: str
    ood: str
    uncertainty: str
    spinach: str
    inverse: str
    as_it_should: bool
    smallest_caught: float | None
    first_objection: str
    note: str


def table_row(row: Row) -> TableRow:
    """A row as plain values."""
    first = next((f"{suite}: {reason}" for suite, reason in row.reasons.items()), "")
    return TableRow(
        row.name, row.kind, row.what, row.size, row.unit, **row.cells, as_it_should=not row.wrong,
        smallest_caught=row.smallest_caught, first_objection=first, note=row.note,
    )  # fmt: skip
