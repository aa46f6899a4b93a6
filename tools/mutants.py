"""Do the tests notice a fault? Changes the code at random places, one at a time, and runs the tests of that module.

    python3 -m venv /tmp/mutants && /tmp/mutants/bin/pip install cosmic-ray==8.7.0
    /tmp/mutants/bin/python tools/mutants.py --python .venv/bin/python --count 100 --seed 11

The changes are those of cosmic-ray's operators (https://github.com/sixty-north/cosmic-ray). First a place is drawn, at
least four of every module, then what stands there instead. Left out beforehand is what no test could notice, or any
would: annotations and docstrings, bit operators, which no floating-point number takes, and "is" in place of "==". Works
on a clone in a temporary folder, at the last commit. Prints every mutant that lives, with its change; status 1 if any
does.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

TESTS = {
    "report/judging.py": ("report/test_records.py", "report/test_summary.py", "test_values.py"),
    "report/measurement.py": ("report/test_records.py", "report/test_store.py", "test_values.py"),
    "report/records.py": ("report/test_records.py", "report/test_summary.py", "report/test_store.py", "test_values.py"),
    "report/target.py": ("report/test_records.py", "report/test_summary.py", "test_values.py"),
    "suites/verdict.py": ("suites/test_verdict.py", "plugin/test_broken_tests.py", "plugin/test_run.py"),
    "plugin/records.py": (
        "plugin/test_collector.py", "plugin/test_broken_tests.py", "plugin/test_usage.py", "plugin/test_run.py",
        "plugin/test_green_without_proof.py",
    ),
    "suites/metrics.py": ("suites/test_metrics.py",),
    "tasks/spins/references/exact.py": ("references/test_exact_by_kron.py", "references/test_exact_lines.py"),
    "tasks/spins/references/exact_lines.py": ("references/test_exact_lines.py", "references/test_exact_by_kron.py"),
    "surrogates/conformal.py": ("surrogates/test_conformal.py", "test_values.py"),
    "tasks/spins/spinach/entry.py": (
        "bridge/test_cache.py", "bridge/test_molecule_request.py", "bridge/test_ladder.py",
    ),
    "tasks/spins/inverse/fit.py": ("inverse/test_fit.py", "test_values.py"),
    "tasks/spins/inverse/verdict.py": ("inverse/test_verdict.py", "test_values.py"),
}  # fmt: skip
"""Modules whose faults would make a verdict wrong, and their tests, the quickest first."""

LEAST = 4
LIMIT_S = 300
BITS = ("RShift", "LShift", "BitOr", "BitAnd", "BitXor")


@dataclass(frozen=True)
class Mutant:
    """One change of one module: its operator, and the whole text of the module after it."""

    module: str
    operator: str
    text: str


class _Unread(ast.NodeTransformer):
    """Takes off what is never evaluated: annotations and docstrings."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Expr(ast.Constant(None)) if isinstance(node.value, ast.Constant) else self.generic_visit(node)


def differs(text: str, before: str) -> bool:
    """True if a module is a program, and another one than ``before``."""
    try:
        new, old = (ast.dump(_Unread().visit(ast.parse(one))) for one in (text, before))
    except SyntaxError:
        return False
    return new != old


def operators() -> list[str]:
    """Names of cosmic-ray's operators, less those named in the docstring of this file."""
    quiet = ("Eq_Is", "NotEq_IsNot", "Eq_IsNot", "NotEq_Is")
    names = [name for name in operator_names() if "Variable" not in name and not name.endswith((*BITS, *quiet))]
    return sorted(name for name in names if not any(f"Operator_{bits}_" in name for bits in BITS))


def places(module: str, text: str) -> dict[tuple, list[tuple[str, int]]]:
    """What can be done at every place of a module: (operator, its how-manieth occurrence) by place and kind."""
    found = defaultdict(list)
    nodes = list(ast_nodes(get_ast(text)))
    for name in operators():
        operator = get_operator(name)()
        starts = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, start in enumerate(starts):
            found[module, *start, name.partition("/")[2].partition("_")[0]].append((name, occurrence))
    return found


def drawn(texts: dict[str, str], count: int, rng: random.Random) -> Iterator[Mutant]:
    """``count`` mutants, the first of every module's ``LEAST`` places."""
    every = {place: ways for module, text in texts.items() for place, ways in places(module, text).items()}
    order = sorted(every)
    rng.shuffle(order)
    first = [place for module in texts for place in [place for place in order if place[0] == module][:LEAST]]
    chosen = (_made(place[0], texts[place[0]], *rng.choice(every[place])) for place in dict.fromkeys(first + order))
    return islice((mutant for mutant in chosen if differs(mutant.text, texts[mutant.module])), count)


def _made(module: str, text: str, name: str, occurrence: int) -> Mutant:
    return Mutant(module, name.partition("/")[2], mutate_code(text, get_operator(name)(), occurrence) or text)


def lives(mutant: Mutant, clone: Path, python: Path) -> bool:
    """True if every test of the module passes with the change; a test that does not end has noticed it."""
    path = clone / "harness" / mutant.module
    before = path.read_text(encoding="utf-8")
    path.write_text(mutant.text, encoding="utf-8")
    settings = os.environ | {"PYTHONPATH": str(clone), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        for test in TESTS[mutant.module]:
            words = [str(python), "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"tests/{test}"]
            done = subprocess.run(words, cwd=clone, env=settings, capture_output=True, timeout=LIMIT_S, check=False)
            if done.returncode:
                return False
    except subprocess.TimeoutExpired:
        return False
    finally:
        path.write_text(before, encoding="utf-8")
    return True


def change(mutant: Mutant, before: str) -> str:
    """The lines that differ."""
    lines = difflib.unified_diff(before.splitlines(), mutant.text.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def main() -> int:
    """Draw, test, and print what lives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, required=True, help="the interpreter that has the package's test extras")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=11)
    given = parser.parse_args()
    repository = Path(__file__).resolve().parents[1]
    living = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(repository), str(clone)], check=True)
        texts = {module: (clone / "harness" / module).read_text(encoding="utf-8") for module in TESTS}
        for mutant in drawn(texts, given.count, random.Random(given.seed)):
            tried += 1
            if lives(mutant, clone, given.python.absolute()):
                living += 1
                print(f"{mutant.module}: {mutant.operator}\n{change(mutant, texts[mutant.module])}", flush=True)
    print(f"{tried - living} of {tried} mutants were noticed (seed {given.seed})")
    return 1 if living else 0


if __name__ == "__main__":
    raise SystemExit(main())
