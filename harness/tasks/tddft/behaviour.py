"""The parts of a run that are specific to this task: its own suites, and where a subject states that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

from harness.subjects import Subject
from harness.suites.behaviour import Behaviour, Present
from harness.suites.planned import PlannedTest
from harness.task import Tier

SUITES = "harness.tasks.tddft.suites"


class Tddft(Behaviour):
    """The task of real-time TDDFT."""

    def label(self, reference: str) -> str:
        """NWChem is a name."""
        return {"nwchem": "NWChem"}.get(reference, reference)

    def own_tests(self, tier: Tier) -> tuple[PlannedTest, ...]:
        """Every test of the suites in this folder."""
        return import_module(f"{SUITES}.plan").own_tests(tier)

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """Populations that a subject may be made for, or not."""
        return import_module(f"{SUITES}.generalisation").REASONS

    def found_here(self, subject: Subject, truth: Any) -> frozenset[str]:
        """The populations that the subject states to be made for."""
        return import_module(f"{SUITES}.generalisation").inside(subject)

    @cached_property
    def pages(self) -> Mapping[str, Present]:
        """The pages of the common suites, and of those of this task."""
        own = import_module(f"{SUITES}.pages")
        found: dict[str, Present] = {**super().pages}
        return found | {suite: own.present for suite in own.LAYOUTS}
