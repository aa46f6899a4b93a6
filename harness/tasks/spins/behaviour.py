"""What only the task of spins does in a run: Spinach's ladder, its own suites, pages and words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from harness.report.records import Exclusion, Record
from harness.subjects import Subject
from harness.suites.behaviour import Behaviour, Present
from harness.suites.case import Case
from harness.suites.planned import TierPlan
from harness.task import Resolution, Tier, late
from harness.tasks.spins.suites.needs import REASONS, found_here
from harness.tasks.spins.suites.truth import SPINACH_NAMES, Truth, resolve_truth

PAGES = {
    "scaling": "harness.tasks.spins.suites.scaling.page:present",
    "spinach": "harness.tasks.spins.suites.spinach.page:present",
    "library": "harness.tasks.spins.suites.library.page:present",
    "fresh": "harness.tasks.spins.suites.fresh.page:present",
    "conservation": "harness.tasks.spins.suites.conservation.page:present",
    "topology": "harness.tasks.spins.suites.topology.page:present",
    "ood": "harness.tasks.spins.suites.ood.page:present",
    "inverse": "harness.tasks.spins.suites.inverse.page:present",
    "uncertainty": "harness.tasks.spins.suites.uncertainty.page:present",
    "relaxation": "harness.tasks.spins.suites.relaxation.page:present",
    "detection": "harness.tasks.spins.suites.detection.page:present",
}
"""Suite → function (SuiteRun) → SuitePage, in the order in which the report shows them."""


class Spins(Behaviour):
    """The task of spins."""

    reasons = REASONS

    def resolve(self, name: str, live: bool, allow_fallback: bool) -> Truth:
        """Live Spinach, its cache, or (where that is allowed) the method used instead."""
        return resolve_truth(name, live, allow_fallback)

    def label(self, reference: str) -> str:
        """Spinach is a name."""
        return reference.capitalize() if reference in SPINACH_NAMES else reference

    def is_production(self, truth: Resolution) -> bool:
        """Spinach by any of its engines."""
        return truth.is_requested and truth.requested in SPINACH_NAMES

    def tier_plan(self, tier: Tier) -> TierPlan:
        """The table of this task, stored separately from the suites."""
        from harness.tasks.spins.suites.tier_plan import tier_plan

        return tier_plan(tier)

    def found_here(self, subject: Subject, truth: Any) -> frozenset[str]:
        """Measured FIDs, a live Spinach, windows within the subject's horizon."""
        return found_here(subject, truth)

    def exclusions(
        self, subject: Subject, environment: Mapping[str, str], suites: Collection[str]
    ) -> tuple[Exclusion, ...]:
        """What the subject declares that it does not compute, and what is not part of the package."""
        from harness.tasks.spins.suites.excluded import exclusions

        return exclusions(subject, environment, suites)

    @cached_property
    def pages(self) -> Mapping[str, Present]:
        """The pages of this task's suites."""
        return {suite: late(place) for suite, place in PAGES.items()}

    def plain(self, metric: str) -> str:
        """From the table of words."""
        from harness.tasks.spins.suites.words import plain

        return plain(metric)

    def direction(self, metric: str, side: str) -> str:
        """From the table of words."""
        from harness.tasks.spins.suites.words import direction

        return direction(metric, side)

    def guidance(self, records: Sequence[Record], subject: str) -> list[str]:
        """Which method for chains of growing size and for real molecules."""
        from harness.tasks.spins.suites.guidance import guidance

        return guidance(records, subject)

    def remarks(self, records: Sequence[Record]) -> list[str]:
        """How many answers of Spinach come from a cache of the user, and from which folder."""
        provenances = [record.measurement.reference_provenance.get("details", {}) for record in records]
        theirs = [one for one in provenances if one.get("cache_folder_kind") == "user"]
        names, folders = {one["cache_file"] for one in theirs}, sorted({one["cache_folder"] for one in theirs})
        place = f"the user's own cache {', '.join(folders)}"
        sentence = f"Answers of Spinach from {place}, which nothing pins: {len(names)}"
        return [sentence] if theirs else []

    def cases(self, truth: Any, select: str) -> tuple[list[Case], str]:
        """Molecules and chains whose reference answers are available."""
        from harness.tasks.spins.suites.compared import cases_of

        return cases_of(truth, select)

    def sources(self, cases: Sequence[Case]) -> str:
        """Spinach with its commits and engines, cached or live, or a method."""
        from harness.tasks.spins.suites.compared import sources_of

        return sources_of(cases)

    def made_of(self) -> Mapping[str, str]:
        """Molecules, m-files and presets, the caches of the answers of Spinach, and the live Spinach."""
        from harness.digest import digest_of, files_below
        from harness.resources import shared_folder
        from harness.tasks.spins.spinach.cache import SpinachCache

        shared = (path for name in ("molecules", "matlab", "configs") for path in files_below(shared_folder(name)))
        cached = (path for folder in SpinachCache.open().folders for path in files_below(folder))
        return {"shared files": digest_of(shared), "cache": digest_of(cached), "spinach": _live_spinach()}

    def preparations(self, build_cache: bool) -> list[list[str]]:
        """The cache is verified, and missing entries are computed if that is requested."""
        return [["cache", "verify"], *([["cache", "build"]] if build_cache else [])]


def _live_spinach() -> str:
    """Commit of the live Spinach, with its changes; why there is none."""
    from harness.errors import InputError
    from harness.tasks.spins.spinach.spinach import NoSpinach, find_spinach

    try:
        return find_spinach().commit
    except (NoSpinach, InputError) as error:
        return f"none: {error}"
