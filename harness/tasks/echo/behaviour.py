"""The parts of a run that are specific to this task: its own suites and their pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module

from harness.suites.behaviour import Behaviour, Present
from harness.suites.planned import PlannedTest
from harness.task import Tier

OWN = ("means", "cost", "ood", "inverse", "uncertainty", "detection")


class Echo(Behaviour):
    """The task of spin echoes."""

    def own_tests(self, tier: Tier) -> tuple[PlannedTest, ...]:
        """Every test of the suites in this folder."""
        return import_module("harness.tasks.echo.suites.planned").planned(tier)

    @cached_property
    def pages(self) -> Mapping[str, Present]:
        """Suite → the function that makes its page."""
        pages = import_module("harness.tasks.echo.suites.pages")
        of_plans = {suite: pages.named(suite, present) for suite, present in super().pages.items()}
        return {**of_plans, **{suite: pages.present for suite in OWN}}
