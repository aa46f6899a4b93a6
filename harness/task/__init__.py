"""What a task consists of, and the only access to the folders below ``harness/tasks``.

A task is data: systems, references, populations, metrics, laws, models, faults, targets and, for every suite that it
uses, the plans of its tiers. The suites, the bridge, training, reports and nightly runs are code, written once.

:func:`task_of` finds the task that has a reference of a name; :func:`tasks` lists all; docs/adding-a-task.md shows how
one is made.
"""

from harness.task.checks import check_packages, check_plans, missing_packages
from harness.task.drawn import Drawn, plan_at
from harness.task.finding import default_task, reference_name, task_named, task_of, tasks
from harness.task.parts import (
    TIERS,
    BatchedReference,
    Codec,
    Grid,
    Law,
    Learning,
    Metric,
    Model,
    Observable,
    Population,
    Predict,
    Resolution,
    Signals,
    System,
    Tier,
)
from harness.task.task import Late, Task, late, loaded
from harness.task_folders import folders

__all__ = [
    "TIERS",
    "BatchedReference",
    "Codec",
    "Drawn",
    "Grid",
    "Late",
    "Law",
    "Learning",
    "Metric",
    "Model",
    "Observable",
    "Population",
    "Predict",
    "Resolution",
    "Signals",
    "System",
    "Task",
    "Tier",
    "check_packages",
    "check_plans",
    "default_task",
    "folders",
    "late",
    "loaded",
    "missing_packages",
    "plan_at",
    "reference_name",
    "task_named",
    "task_of",
    "tasks",
]
