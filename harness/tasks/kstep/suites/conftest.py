"""What the suites share: the plan of the tier, the method that is judged, and windows and runs of this session."""

from __future__ import annotations

import pytest

from harness.tasks.kstep.methods import base_steps
from harness.tasks.kstep.model import CORRECTED
from harness.tasks.kstep.populations import Starts
from harness.tasks.kstep.subjects import Method
from harness.tasks.kstep.suites.plan import PLANS, Plan
from harness.tasks.kstep.suites.runs import Runs
from harness.tasks.kstep.window import MacroGrid, Window


@pytest.fixture(scope="session")
def tier_plan(validation) -> Plan:
    """Of the tier of the run."""
    return PLANS[validation.options.tier]


@pytest.fixture(scope="session")
def method(subject):
    """The method of the subject."""
    return subject.method


@pytest.fixture(scope="session")
def correction(method) -> Method:
    """The learned correction that suites judge whatever the subject is: that of the subject where it has one."""
    return method if method.name in CORRECTED else Method("kernel", method.found)


@pytest.fixture(scope="session")
def k(method, tier_plan) -> int:
    """Base steps of a macro step: those of the plan, or the only ones that the method was trained for."""
    return base_steps(method.name, tier_plan.k, method.weights)


@pytest.fixture(scope="session")
def grid(k) -> MacroGrid:
    """100 macro steps."""
    return MacroGrid(101, k)


@pytest.fixture(scope="session")
def windows(validation, method, tier_plan, grid) -> dict[str, list[Window]]:
    """Molecule → windows from the fresh seed of the run: no cache holds them, and nothing was tuned on them."""
    seed = validation.options.fresh_seed

    counts = {name: max(tier_plan.windows, tier_plan.starts_of(name)) for name in tier_plan.molecules}
    return {name: Starts(name, (name,), 300.0, grid).draw(count, seed, method.found) for name, count in counts.items()}


@pytest.fixture(scope="session")
def runs(validation, tier_plan, windows) -> Runs:
    """Long runs, each made once."""
    return Runs(tier_plan, windows, validation.options.fresh_seed)
