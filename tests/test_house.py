"""The two rules of the house, read from its text: common code knows no task, and no import runs in a circle or back up.

Every check is shown to find an offender in a small package that is made for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.import_graph import Graph, circles, gathered, graph_of, modules, names_in_text

PACKAGE = Path(__file__).parent.parent / "harness"
DOORS = ("harness.task", "harness.moved", "harness")
"""The only modules of common code that name a module of a task: the door to the tasks, the import paths of version 0.1,
and the public names. Each does so in a string, and imports it when it is used."""

LAYERS = (
    ("errors", "finite", "text_files", "toml_checks", "resources", "requirements", "memory", "durable", "children"),
    ("trajectory", "task"),
    ("bridge",),
    ("data",),
    ("surrogates",),
    ("subjects",),
    ("report", "benchmark"),
    ("suites",),
    ("compare",),
    ("plugin", "conftest"),
    ("nightly",),
    ("cli",),
)
"""What lies directly below ``harness``, from the ground up: nothing imports what stands behind it in this list."""

WORDS = re.compile(
    r"spin(?!-harness|_harness)|(?<!-)offset|coupling|\bI_?1z\b|\bM[xy]\b|(?<!%)\bM\b(?!\{|\. (?-i:[A-Z]))",
    re.IGNORECASE,
)
"""Not meant are ``%M`` in a format of times, ``M{x}`` in the path of an SVG drawing, ``outline-offset`` in a style
sheet and ``M. `` before a name."""
CASE_MATTERS = frozenset({"m"})
"""``m`` is a metre, a module, a match; ``M`` alone is the magnetisation."""

PUBLIC = frozenset({"__init__.py", "moved.py"})
"""Directly below ``harness``: the public names and the import paths of version 0.1, which are those of spins."""
ANOTHER_MEANING: tuple[tuple[str, str, str], ...] = (
    ("suites/style.py", "offset points", "a unit of matplotlib"),
    ("surrogates/weights.py", "spin-weights-1", "written in the files of weights of version 0.1"),
    ("surrogates/training/plan.py", "spin-training-1", "written in the plans of training of version 0.1"),
    ("task/parts.py", "spins, atoms, basis functions", "examples of what sizes count"),
    ("task/task.py", '"spins", "atoms", "basis functions"', "examples of what sizes count"),
)
"""(file below ``harness``, the words of the line, why they are not about spins)."""


def task_of(module: str, root: str = "harness") -> str:
    """The task whose folder a module lies in, "" for common code."""
    parts = module.removeprefix(f"{root}.tasks.").split(".")
    return parts[0] if module.startswith(f"{root}.tasks.") else ""


def imports_of_tasks(package: Path, doors: Iterable[str]) -> list[str]:
    """Imports of a task by common code, and names of its modules in strings outside the doors."""
    root, paths = package.name, modules(package)
    common = {name: path for name, path in paths.items() if not task_of(name, root)}
    graph = graph_of(package)
    found = [f"{name} imports {other}" for name in common for other in sorted(graph[name]) if task_of(other, root)]
    for name, path in common.items():
        if name not in doors:
            found += [f"{name}:{line} names {text}" for line, text in names_in_text(path, f"{root}.tasks.")]
    return found


def imports_between_tasks(package: Path) -> list[str]:
    """Imports of one task by another, by statement or by name."""
    root, graph = package.name, graph_of(package)
    found = []
    for name, path in modules(package).items():
        if task_of(name, root):
            named = {text.partition(":")[0] for _, text in names_in_text(path, f"{root}.tasks.")}
            others = {other for other in graph[name] | named if task_of(other, root) not in ("", task_of(name, root))}
            found += [f"{name} imports {other}" for other in sorted(others)]
    return found


def back_up(graph: Graph, layers: Iterable[Iterable[str]], root: str) -> list[str]:
    """Imports of a higher layer by a lower one, and what lies in none."""
    height = {f"{root}.{name}": level for level, layer in enumerate(layers) for name in layer}
    tops = gathered(graph, lambda name: ".".join(name.split(".")[:2]) if not _outside(name, root) else "")
    found = [f"{name} is in no layer" for name in tops if name not in height]
    for name in sorted(graph):
        own = height.get(".".join(name.split(".")[:2]))
        for other in sorted(graph[name]):
            theirs = height.get(".".join(other.split(".")[:2]))
            if own is not None and theirs is not None and theirs > own:
                found.append(f"{name} imports {other}")
    return found


def _outside(name: str, root: str) -> bool:
    """The package itself, the table of moved names, and the tasks: not layers of common code."""
    return name in (root, f"{root}.moved") or name.startswith(f"{root}.tasks")


def part_of_task(module: str, root: str = "harness") -> str:
    """The folder or file directly below the folder of a task, "" for common code and for the task itself."""
    parts = module.split(".")
    return ".".join(parts[:4]) if task_of(module, root) and len(parts) > 3 else ""


def words_of_a_task(package: Path) -> Iterator[str]:
    """Lines outside ``tasks/`` that speak of spins."""
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        if path.suffix not in (".py", ".j2", ".toml", ".json", ".css", ".js") or name in PUBLIC:
            continue
        if name.startswith(("tasks/", "_shared/")):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            meant = [text for file, text, _ in ANOTHER_MEANING if file == name and text in line]
            rest = line
            for text in meant:
                rest = rest.replace(text, "")
            hits = [hit[0] for hit in WORDS.finditer(rest) if hit[0] not in CASE_MATTERS]
            if hits:
                yield f"{name}:{number}: {', '.join(hits)}: {line.strip()[:100]}"


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
