"""Values are frozen: what one part hands to another cannot be changed behind its back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import harness

PACKAGE = Path(harness.__file__).parent

STATEFUL = {
    # Counters and records of work under way.
    "bridge/filling.py:BuildReport",
    "cli/ends.py:End",
    "durable/progress.py:Progress",
    "tasks/spins/inverse/memo.py:MemoCount",
    "tasks/spins/inverse/search.py:Progress",
    "nightly/state.py:State",
    "suites/session.py:ValidationRun",
    "suites/verdict.py:Verdict",
    # Integrators and forces that count their calls, or hold forces or random numbers from one step to the next.
    "tasks/kstep/faults.py:Altered",
    "tasks/kstep/faults.py:InnerTwice",
    "tasks/kstep/faults.py:NoLastKick",
    "tasks/kstep/faults.py:Stale",
    "tasks/kstep/forces/base.py:Counted",
    "tasks/kstep/integrators/adaptive.py:AdaptiveRespa",
    "tasks/kstep/integrators/forcefield.py:OnForceField",
    "tasks/kstep/integrators/langevin.py:Langevin",
    "tasks/kstep/integrators/rattle.py:Rattle",
    "tasks/kstep/integrators/respa.py:Respa",
    "tasks/kstep/integrators/thermostat.py:Thermostatted",
    "tasks/kstep/integrators/verlet.py:VelocityVerlet",
    "tasks/kstep/jump/integrator.py:Corrected",
    "tasks/kstep/jump/integrator.py:Jump",
    # Sums over pieces that come one by one.
    "tasks/spins/references/line_list.py:SignalSum",
    "tasks/spins/references/liouville_neighbourhoods.py:_Account",
    # What keeps what it has computed, or a process that it has started.
    "subjects/executable.py:ExecutableSubject",
    "suites/asking.py:Truths",
    "suites/detection/bench.py:Bench",
    "tasks/kstep/suites/fallback.py:CallsOfSteps",
    "tasks/spins/surrogates/spin_graph/expansion.py:Expansion",
    "tasks/spins/surrogates/spin_graph/groups.py:Memos",
    "tasks/spins/surrogates/spin_graph/remainder.py:Remainder",
    "tasks/spins/surrogates/spin_graph/surrogate.py:SpinGraph",
    "tasks/spins/surrogates/spin_graph/trained.py:TrainedNetworks",
}
"""Dataclasses that change while they are used. Whoever adds one says here to which kind it belongs."""


def dataclasses() -> Iterator[tuple[str, bool]]:
    """Every dataclass of the package, as "file:class", and whether it is frozen."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else ():
                words = decorator.keywords if isinstance(decorator, ast.Call) else []
                named = decorator.func if isinstance(decorator, ast.Call) else decorator
                if isinstance(named, ast.Name) and named.id == "dataclass":
                    frozen = any(word.arg == "frozen" and ast.unparse(word.value) == "True" for word in words)
                    yield f"{path.relative_to(PACKAGE).as_posix()}:{node.name}", frozen


def test_dataclasses_are_frozen_but_for_those_that_hold_state() -> None:
    found = dict(dataclasses())
    assert len(found) > 100
    assert {name for name, frozen in found.items() if not frozen} == STATEFUL
