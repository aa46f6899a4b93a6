"""The rules of the house as functions of a package: each lists what breaks it.

Common code knows no task, tasks do not know each other, and nothing imports what is above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.import_graph import Graph, gathered, graph_of, modules, names_in_text

DOORS = ("harness.task", "harness.moved", "harness")
"""The only modules of common code that name a module of a task: the door to the tasks, the import paths of version 0.1,
and the public names. Each does so in a string, and imports it when it is used."""

LAYERS = (
    ("errors", "finite", "text_files", "toml_checks", "digest", "resources", "requirements", "memory"),
    ("task_folders", "machine", "durable", "children"),
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

ENTRANCES = ("plugin", "conftest", "compare", "nightly", "cli")
"""Where a run begins: each of these finds tasks and uses them."""

WORDS = re.compile(
    r"spin(?!-harness|_harness|guin|es\b)|(?<!-)offset|coupling|\bI_?1z\b|\bM[xy]\b|(?<!%)\bM\b(?!\{|\. (?-i:[A-Z]))",
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
    ("suites/style.py", "spines", "matplotlib's word for the frame of axes"),
    ("suites/style.py", "useOffset", "a setting of matplotlib"),
    ("resources.py", '"spinach_cache"', "the name of a folder since version 0.1"),
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


def from_above(graph: Graph, root: str = "harness") -> list[str]:
    """Imports by a task of what uses tasks: the plugin, nightly runs, commands. Its own ``cli`` alone may do so."""
    found = []
    for name in sorted(graph):
        task = task_of(name, root)
        own = f"{root}.tasks.{task}.cli"
        if task and not _inside(name, own):
            above = [*(f"{root}.{one}" for one in ENTRANCES), own]
            found += [
                f"{name} imports {other}" for other in sorted(graph[name]) if any(_inside(other, a) for a in above)
            ]
    return found


def _inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


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
