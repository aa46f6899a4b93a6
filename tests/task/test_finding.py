"""A task is found by the name of a reference; what is no whole task is refused in one line before anything runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.subjects import load_subject
from harness.task import check_packages, check_plans, default_task, reference_name, task_named, task_of, tasks
from harness.task_folders import VARIABLE
from tests.task.making import make_task


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes the toy task, and lets it be found."""

    def make(more: str = "", **changes: tuple[str, str]) -> Path:
        folder = make_task(tmp_path, more, **changes)
        monkeypatch.setenv(VARIABLE, str(folder))
        return folder

    return make


def one_line(error: pytest.ExceptionInfo[InputError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_every_reference_leads_to_its_task(toy) -> None:
    toy()
    assert list(tasks())[-1] == "toy"
    for name in tasks():
        task = task_named(name)
        for reference in task.references:
            assert task_of(f"{name}:{reference}") is task
    assert task_of("truth").name == "toy"
    assert task_of(default_task().production) is default_task()
    assert reference_name("toy:truth") == reference_name("truth") == "truth"


def test_nothing_heavy_is_imported_to_find_a_task() -> None:
    line = (
        "import sys\nfrom harness.task import task_named, tasks\n"
        "[task_named(name) for name in tasks()]\n"
        "print([m for m in ('numpy', 'torch', 'scipy', 'matplotlib', 'pandas', 'h5py') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_that_two_tasks_use_has_to_say_which(toy) -> None:
    toy(name=('"truth": "harness', '"exact": "harness'), production=('production="truth"', 'production="exact"'))
    with pytest.raises(InputError) as error:
        task_of("exact")
    assert one_line(error) == (
        "--validate-against 'exact': spins and toy have a reference of this name: write spins:exact or toy:exact"
    )
    assert task_of("toy:exact").name == "toy"
    assert task_of("spins:exact").name == "spins"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("trut", "--validate-against 'trut' is unknown: did you mean 'truth'? (known: "),
        ("toys:truth", "--validate-against 'toys:truth': task 'toys' is unknown (known: "),
        ("toy:exact", "--validate-against 'toy:exact' is unknown (known: truth, rounded)"),
    ],
)
def test_a_reference_that_is_unknown(toy, name: str, words: str) -> None:
    toy()
    with pytest.raises(InputError) as error:
        task_of(name)
    assert words in one_line(error)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("TASK = Task(", "MINE = Task(", "has no TASK: set TASK = harness.task.Task(name='toy', …)"),
        ('name="toy"', 'name="toys"', "TASK has the name 'toys' in the folder 'toy'"),
        ("question=", "query=", "cannot be imported (TypeError: "),
        ("from pathlib import Path", "import absent", "needs the module 'absent', which is not installed"),
        ('"May a rounded constant be trusted in place of the constant?"', '""', "TASK has no question"),
        ('(Observable("x", "x", "1"),)', "()", "TASK has no observables"),
        ('production="truth"', 'production="truht"', "TASK.production is 'truht', which is no reference"),
        ('subject="rounded"', 'subject="round"', "TASK.subject is 'round', which is no reference or model of the task"),
        ('baseline=""', 'baseline="zero"', "TASK.baseline is 'zero', which is no reference or model of the task"),
        ("methods:Truth", "methods.Truth", "TASK.references['truth'] is 'harness.tasks.toy.methods.Truth'"),
        ("targets.toml", "target.toml", "target.toml, which is not there"),
        ("plans={}", 'plans={}, extra="toy"', "TASK needs both extra and packages"),
    ],
)
def test_a_task_that_lacks_a_part_is_refused(toy, old: str, new: str, words: str) -> None:
    folder = toy(part=(old, new))
    with pytest.raises(InputError) as error:
        task_of("truth")
    text = one_line(error)
    assert text.startswith(f"{folder / 'task.py'}: ")
    assert words in text


def test_the_variable_names_folders_of_tasks(toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match=r"HARNESS_TASKS names .*, where there is no task\.py: name the folder"):
        tasks()
    (tmp_path / "spins").mkdir()
    (tmp_path / "spins" / "task.py").write_text("", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "spins"))
    with pytest.raises(InputError, match="has the same name: rename one of them"):
        tasks()


PLAN = """
from dataclasses import dataclass

@dataclass(frozen=True)
class Plan:
    metrics: tuple[str, ...] = ("error",)
    population: str = ""

"""


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ('{"smoke": Plan(("eror",))}', "metric 'eror' is unknown: did you mean 'error'? (known: error)"),
        ('{"smoke": Plan(population="chains")}', "population 'chains' is unknown (known: none)"),
        ('{"daily": Plan()}', "there is no such tier (known: smoke, nightly, full)"),
    ],
)
def test_a_plan_that_names_what_the_task_does_not_have_is_refused(toy, plan: str, words: str) -> None:
    folder = toy(head=("\nTASK =", f"{PLAN}\nTASK ="), plan=("plans={}", f'plans={{"toy": {plan}}}'))
    with pytest.raises(InputError) as error:
        check_plans(task_of("truth"))
    assert words in one_line(error)
    assert one_line(error).startswith(f"{folder / 'task.py'}: plan of suite 'toy', tier ")


def test_a_plan_of_a_suite_without_targets_is_refused(toy) -> None:
    folder = toy(plan=("plans={}", 'plans={"accuracy": {}}'))
    with pytest.raises(InputError) as error:
        check_plans(task_of("truth"))
    words = "plan of suite 'accuracy': targets.toml has no table [accuracy]: add it"
    assert one_line(error) == f"{folder / 'task.py'}: {words}"


def test_an_extra_that_is_not_installed_is_refused_with_the_pip_line(toy) -> None:
    toy(more='extra="peers", packages=("no_such_package_here",)')
    with pytest.raises(InputError) as error:
        check_packages(task_of("truth"))
    assert one_line(error).startswith("task toy needs no_such_package_here, not installed: pip install ")


def test_a_subject_of_another_task_is_refused(toy) -> None:
    toy()
    assert load_subject("rounded", task=task_of("truth")).name == "rounded"
    for name, task in (("rounded", "spins"), ("spin-graph", "toy"), ("spin-graph@runs/mine", "toy")):
        with pytest.raises(InputError) as error:
            load_subject(name, task=task_named(task))
        assert f"and this is the task {task}: validate it " in one_line(error)
