"""Who imports whom in a package, read from its text: nothing is imported for it.

Imports inside functions count, imports for type checkers alone do not: a circle is one wherever it is closed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Graph = Mapping[str, frozenset[str]]
"""Module → the modules of the same package that it imports."""


def modules(package: Path) -> dict[str, Path]:
    """Every module of a package by its dotted name."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = (package.name, *path.relative_to(package).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def graph_of(package: Path) -> Graph:
    """The imports of every module of a package."""
    paths = modules(package)
    return {name: frozenset(_imported(name, path, paths)) - {name} for name, path in paths.items()}


def _imported(name: str, path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    home = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in _at_run_time(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            above = home.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(part for part in (above, node.module or "") if part)
            for alias in node.names:
                inside = f"{source}.{alias.name}"
                yield from (one for one in (inside if inside in known else source,) if one in known)


def _at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """Every node of a tree but those under ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from _at_run_time(child)


def names_in_text(path: Path, beginning: str) -> list[tuple[int, str]]:
    """(line, text) of every string of a module that is one word and begins so: a module that is found by its name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.startswith(beginning) and node.value != beginning and len(node.value.split()) == 1
    ]


def gathered(graph: Graph, group: Callable[[str], str]) -> Graph:
    """The graph of groups of modules: which group imports which other; "" leaves a module out."""
    found: dict[str, set[str]] = {}
    for name, imported in graph.items():
        if group(name):
            found.setdefault(group(name), set()).update(map(group, imported))
    return {name: frozenset(others - {name, ""}) for name, others in found.items()}


def circles(graph: Graph) -> list[list[str]]:
    """Sets of modules each of which leads to every other (Tarjan's strongly connected components), by name."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        number[name] = lowest[name] = len(number)
        path.append(name)
        for other in sorted(graph.get(name, ())):
            if other not in number:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in path:
                lowest[name] = min(lowest[name], number[other])
        if lowest[name] == number[name]:
            start = path.index(name)
            if len(path) - start > 1:
                found.append(sorted(path[start:]))
            del path[start:]

    for name in sorted(graph):
        if name not in number:
            visit(name)
    return found
