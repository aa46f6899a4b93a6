"""The two rules of the house, read from its text: common code knows no task, and no import runs in a circle or back up.

Every check is shown to find an offender in a small package that is made for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.house_rules import (
    ANOTHER_MEANING,
    DOORS,
    LAYERS,
    back_up,
    from_above,
    imports_between_tasks,
    imports_of_tasks,
    part_of_task,
    words_of_a_task,
)
from tests.import_graph import Graph, circles, gathered, graph_of

PACKAGE = Path(__file__).parent.parent / "harness"


def listed(what: str, offenders: Iterable[str]) -> str:
    """The message of a failure: every offender on a line of its own."""
    lines = list(offenders)
    return "\n".join([f"{len(lines)} {what}:", *lines])


@pytest.fixture(scope="module")
def graph() -> Graph:
    """The imports of the package."""
    return graph_of(PACKAGE)


def test_nothing_outside_the_tasks_imports_a_task() -> None:
    offenders = imports_of_tasks(PACKAGE, DOORS)
    assert not offenders, listed("imports of a task by common code", offenders)


def test_tasks_do_not_import_each_other() -> None:
    offenders = imports_between_tasks(PACKAGE)
    assert not offenders, listed("imports of one task by another", offenders)


def test_no_circles(graph: Graph) -> None:
    offenders = [" <-> ".join(circle) for circle in circles(graph)]
    assert not offenders, listed("circles", offenders)


def test_no_import_runs_back_up(graph: Graph) -> None:
    offenders = back_up(graph, LAYERS, "harness")
    assert not offenders, listed("imports that run back up", offenders)


def test_no_task_imports_what_uses_it(graph: Graph) -> None:
    offenders = from_above(graph)
    assert not offenders, listed("imports of commands or the plugin by a task", offenders)


def test_the_parts_of_a_task_have_an_order(graph: Graph) -> None:
    """Of two folders of a task at most one imports the other, directly or by way of others."""
    offenders = [" <-> ".join(circle) for circle in circles(gathered(graph, part_of_task))]
    assert not offenders, listed("circles of folders", offenders)


def test_common_code_does_not_speak_of_spins() -> None:
    offenders = list(words_of_a_task(PACKAGE))
    assert not offenders, listed("lines outside tasks/ that speak of spins", offenders)


def test_every_exception_of_the_word_list_is_needed() -> None:
    for file, text, _ in ANOTHER_MEANING:
        assert text in (PACKAGE / file).read_text(encoding="utf-8"), (file, text)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package with two tasks that keeps every rule."""
    text = {
        "__init__.py": "",
        "errors.py": "",
        "task.py": 'HOME = "house.tasks.one"\n',
        "suites/__init__.py": "from house.errors import Fault\n",
        "tasks/one/__init__.py": "",
        "tasks/one/systems/__init__.py": "import house.errors\n",
        "tasks/one/suites/__init__.py": "from house import suites\nfrom house.tasks.one import systems\n",
        "tasks/two/__init__.py": "",
    }
    for name, content in text.items():
        path = tmp_path / "house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path / "house"


TWO_LAYERS = (("errors",), ("task",), ("suites",))


def test_a_house_that_keeps_the_rules_passes(house: Path) -> None:
    graph = graph_of(house)
    assert graph["house.tasks.one.suites"] == {"house.suites", "house.tasks.one.systems"}
    assert imports_of_tasks(house, ["house.task"]) == []
    assert imports_between_tasks(house) == []
    assert circles(graph) == []
    assert back_up(graph, TWO_LAYERS, "house") == []
    assert circles(gathered(graph, lambda name: part_of_task(name, "house"))) == []
    assert list(words_of_a_task(house)) == []


@pytest.mark.parametrize("line", ["def f():\n    import house.tasks.one\n", 'NAME = "house.tasks.one:Suite"\n'])
def test_an_import_of_a_task_is_found(house: Path, line: str) -> None:
    (house / "suites" / "__init__.py").write_text(line)
    assert len(imports_of_tasks(house, ["house.task"])) == 1


@pytest.mark.parametrize("line", ["from ..one import systems\n", 'NAME = "house.tasks.one.systems:Thing"\n'])
def test_an_import_of_another_task_is_found(house: Path, line: str) -> None:
    (house / "tasks" / "two" / "__init__.py").write_text(line)
    (found,) = imports_between_tasks(house)
    assert found == "house.tasks.two imports house.tasks.one.systems"


def test_circles_and_imports_that_run_back_up_are_found(house: Path) -> None:
    (house / "errors.py").write_text("def f():\n    from house.suites import run\n")
    graph = graph_of(house)
    assert circles(graph) == [["house.errors", "house.suites"]]
    assert back_up(graph, TWO_LAYERS, "house") == ["house.errors imports house.suites"]


def test_an_import_for_type_checkers_closes_no_circle(house: Path) -> None:
    (house / "errors.py").write_text("if TYPE_CHECKING:\n    from house.suites import run\n")
    assert circles(graph_of(house)) == []


@pytest.mark.parametrize("line", ["import house.cli.fit\n", "from house.tasks.one.cli import fit\n"])
def test_a_suite_that_imports_a_command_is_found(house: Path, line: str) -> None:
    for folder in ("cli", "tasks/one/cli"):
        (house / folder).mkdir()
        (house / folder / "__init__.py").write_text("")
        (house / folder / "fit.py").write_text("")
    assert from_above(graph_of(house), "house") == []
    (house / "tasks" / "one" / "suites" / "__init__.py").write_text(line)
    assert len(from_above(graph_of(house), "house")) == 1


def test_what_lies_in_no_layer_is_found(house: Path) -> None:
    (house / "attic.py").write_text("")
    assert back_up(graph_of(house), TWO_LAYERS, "house") == ["house.attic is in no layer"]


def test_a_circle_of_folders_is_found(house: Path) -> None:
    """No two modules import each other, but two folders do."""
    (house / "tasks" / "one" / "systems" / "drawn.py").write_text("import house.tasks.one.suites.figure\n")
    (house / "tasks" / "one" / "suites" / "figure.py").write_text("")
    graph = graph_of(house)
    assert circles(graph) == []
    assert len(circles(gathered(graph, lambda name: part_of_task(name, "house")))) == 1


@pytest.mark.parametrize(
    "line", ["# the offset in Hz", 'LABEL = "RMSE of M"', "# of M.", "class SpinSystem: ...", "I_1z = mx"]
)
def test_a_line_about_spins_is_found(house: Path, line: str) -> None:
    (house / "suites" / "run.py").write_text(f"{line}\n")
    assert len(list(words_of_a_task(house))) == 1


def test_other_words_are_not_found(house: Path) -> None:
    lines = ('"""spin-harness: RMSE in m of a match m."""', 'spin_harness = "EM %M"', "a { outline-offset: 1px }")
    (house / "suites" / "run.py").write_text("\n".join(lines))
    assert list(words_of_a_task(house)) == []


def test_one_common_module_knows_the_folder_of_the_tasks(graph: Graph) -> None:
    """Which task is the default is a fact of that folder; everything else asks :mod:`harness.task_folders`."""
    common = (name for name in graph if not name.startswith("harness.tasks"))
    found = [name for name in common if "harness.tasks" in graph[name]]
    assert found == ["harness.task_folders"]
