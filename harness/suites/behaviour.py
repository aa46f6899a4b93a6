"""The part of a task that is code and not data, with defaults for a task that consists of data alone.

A task that needs more names a subclass by its place: ``Task(…, behaviour="module:class")``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol, runtime_checkable

from harness.errors import InputError
from harness.report.page import SuitePage, SuiteRun
from harness.report.records import Exclusion, Record
from harness.subjects import Subject, load_subject
from harness.suites.case import Case
from harness.suites.planned import PlannedTest, TierPlan
from harness.task import Resolution, Task, Tier, loaded, plan_at

COMPARED = 5
"""Systems of each population on which subjects are compared."""
Present = Callable[[SuiteRun], SuitePage]


@runtime_checkable
class Resolving(Protocol):
    """A reference that finds out itself what computes its answers: a live engine, a cache, or nothing; with reasons."""

    def resolution(self, live: bool, allow_fallback: bool) -> Resolution:
        """What computes the answers; :class:`~harness.errors.InputError` with every step's reason if nothing does."""
        ...


class Behaviour:
    """What the session of a run, nightly runs and comparisons need from a task."""

    def __init__(self, task: Task) -> None:
        self.task = task

    # Both sides

    def resolve(self, name: str, live: bool, allow_fallback: bool) -> Resolution:
        """Find out what computes the answers of the reference of this name, before anything runs.

        Raises
        ------
        InputError
            If nothing does; the message says what to do.
        """
        if name not in self.task.references:
            raise InputError(f"--validate-against {name!r} is unknown (known: {', '.join(self.task.references)})")
        reference = loaded(self.task.references[name])()
        if isinstance(reference, Resolving):
            return reference.resolution(live, allow_fallback)
        return Resolution(name, name, "computed in this process, as requested", True, True, reference)

    def subject(self, spec: str, limit_s: float) -> Subject:
        """The subject that the value of ``--subject`` names."""
        return load_subject(spec, limit_s, self.task)

    def label(self, reference: str) -> str:
        """A reference as people write it."""
        return reference

    def is_production(self, truth: Resolution) -> bool:
        """True if the production code answers: pages then show the numbers judged against it apart from the rest."""
        return truth.is_requested and truth.requested == self.task.production

    # What is planned

    def tier_plan(self, tier: Tier) -> TierPlan:
        """Every test of a tier and the numbers that it judges: those of the plans, and :meth:`own_tests`."""
        tests: list[PlannedTest] = []
        for suite in self.task.plans:
            plan = self.task.plan_of(suite, tier)
            if plan is not None:
                tests += placed(suite, plan)
        return TierPlan(tier, (*tests, *self.own_tests(tier)), self.reasons)

    def own_tests(self, tier: Tier) -> tuple[PlannedTest, ...]:
        """The tests of a tier in suites that only this task has."""
        return ()

    reasons: Mapping[str, str] = {}
    """What planned numbers may need besides what a subject declares → why they are left out where it is missing."""

    def found_here(self, subject: Subject, truth: Any) -> frozenset[str]:
        """Which of :attr:`reasons` apply in this run."""
        return frozenset()

    def exclusions(
        self, subject: Subject, environment: Mapping[str, str], suites: Collection[str]
    ) -> tuple[Exclusion, ...]:
        """What is left out of a run of these suites, and why; settled before it begins."""
        return tuple(one for one in of_plans(self.task.plans, subject) if one.suite in suites)

    # The report

    @cached_property
    def pages(self) -> Mapping[str, Present]:
        """Suite → the function that makes its page, in the order of the report."""
        found = {}
        for suite, tiers in self.task.plans.items():
            for plan in map(plan_at, list(tiers.values())[:1]):
                page = f"{package_of(plan)}.page"
                if find_spec(page) is not None:
                    found[suite] = partial(import_module(page).present, plan)
        return found

    def plain(self, metric: str) -> str:
        """A metric in everyday words, "" where its name is clear already."""
        return next((one.words for one in self.task.metrics.values() if one.label == metric), "")

    def direction(self, metric: str, side: str) -> str:
        """What it means that a metric is too "low" or too "high", "" where the number is clear already."""
        return ""

    def guidance(self, records: Sequence[Record], subject: str) -> list[str]:
        """Sentences made from the numbers of the run: which method to use for which systems."""
        return []

    def remarks(self, records: Sequence[Record]) -> list[str]:
        """What a reader has to know about where the answers of the reference come from."""
        return []

    # Comparisons

    def cases(self, truth: Any, select: str) -> tuple[list[Case], str]:
        """The cases, with ``select`` in their names, on which subjects are compared, and in words which cases they are.

        By default the first systems that every population draws, with the answers of the reference.
        """
        names = tuple(one.name for one in self.task.observables)
        found = []
        for population in self.task.populations.values():
            kind, grid = population.name, population.grid
            for number, system in enumerate(population.draw(COMPARED, 0), 1):
                if select in f"{kind}-{number}":
                    predicted = truth.reference.simulate(system, grid, names)
                    found.append(Case(f"{kind}-{number}", kind, kind, system, system.size, grid, predicted))
        return found, f"the first {COMPARED} systems of each of {len(self.task.populations)} populations"

    def sources(self, cases: Sequence[Case]) -> str:
        """Which method computed the truths of these cases, in words."""
        return "; ".join(sorted({case.truth.provenance.method for case in cases}))

    # Nightly runs

    def made_of(self) -> Mapping[str, str]:
        """Part → hash of what makes the numbers besides the package: a cache of answers, a live production code."""
        return {}

    def preparations(self, build_cache: bool) -> list[list[str]]:
        """Command lines of ``harness`` that run before the suites."""
        return []


def behaviour_of(task: Task) -> Behaviour:
    """The behaviour that a task names, or the default one."""
    return loaded(task.behaviour)(task)


def package_of(plan: Any) -> str:
    """The package of the common suite that carries a plan out: that of the class of the plan."""
    return next(
        module.rpartition(".")[0]
        for module in (cls.__module__ for cls in type(plan).__mro__)
        if re.fullmatch(r"harness\.suites\.\w+\.plan", module)
    )


def is_common(plan: Any) -> bool:
    """True if a common suite carries out this plan."""
    return any(re.fullmatch(r"harness\.suites\.\w+\.plan", cls.__module__) for cls in type(plan).__mro__)


def of_plans(plans: Mapping[str, Mapping[Tier, Any]], subject: Subject) -> tuple[Exclusion, ...]:
    """What the plans leave out in a run of a subject: ``excluded(suite, plan, subject)`` of their packages."""
    found: list[Exclusion] = []
    for suite, tiers in plans.items():
        for plan in map(plan_at, list(tiers.values())[:1]):
            excluded = getattr(import_module(package_of(plan)), "excluded", None)
            found += excluded(suite, plan, subject) if excluded is not None else ()
    return tuple(found)


def placed(suite: str, plan: Any) -> tuple[PlannedTest, ...]:
    """The planned tests of a common suite under the name of the plan, with the module and the name pytest gives them.

    ``planned(plan)`` of the package names a test ``test_x`` or ``test_x[case]``; with the plan as the first parameter
    it is ``test_x[suite]`` or ``test_x[suite-case]``.
    """
    package = package_of(plan)
    module = f"{package}.test_{package.rpartition('.')[2]}"
    found = import_module(package).planned(plan)
    return tuple(replace(test, suite=suite, module=module, name=_with(suite, test.name)) for test in found)


def _with(suite: str, name: str) -> str:
    function, bracket, rest = name.partition("[")
    return f"{function}[{suite}-{rest}" if bracket else f"{function}[{suite}]"
