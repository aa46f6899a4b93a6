"""Plans that are made from the seed of the run, and plans that are the same in every run."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from harness.errors import InputError
from harness.suites.behaviour import of_plans
from harness.suites.ood.plan import Plan
from harness.task import Drawn, check_plans, plan_at, task_named
from harness.tasks.spins.suites.ood.plan import QUICK


@dataclass(frozen=True)
class Seeded:
    """A plan that is its seed, and names a metric."""

    seed: int
    metric: str = "no_such_metric"


def test_a_plan_is_made_from_the_seed_of_the_run() -> None:
    assert plan_at(Drawn(Seeded), 7) == Seeded(7)
    assert plan_at(Seeded(3), 7) == Seeded(3)
    assert plan_at(None, 7) is None


def test_a_task_gives_the_plan_of_the_seed() -> None:
    task = replace(task_named("spins"), plans={"ood": {"smoke": Drawn(Seeded), "nightly": Seeded(3)}})
    assert task.plan_of("ood", "smoke", 7) == Seeded(7)
    assert task.plan_of("ood", "smoke") == Seeded(0)
    assert task.plan_of("ood", "nightly", 7) == Seeded(3)
    assert task.plan_of("ood", "full", 7) is None


def test_what_a_drawn_plan_names_is_checked() -> None:
    task = replace(task_named("spins"), plans={"ood": {"smoke": Drawn(Seeded)}})
    with pytest.raises(InputError, match="metric 'no_such_metric' is unknown"):
        check_plans(task)


def test_what_a_drawn_plan_leaves_out_is_stated() -> None:
    def made(seed: int) -> Plan:
        return replace(QUICK, seed=seed)

    class Silent:
        name, offers, model = "silent", frozenset({"m"}), None

    plain, drawn = ({"ood": {"smoke": plan}} for plan in (QUICK, Drawn(made)))
    assert of_plans(drawn, Silent()) == of_plans(plain, Silent()) != ()  # type: ignore[arg-type]
