"""The results of the checks for a seeded fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.suites.targets import Suite
from harness.tasks.kstep.faults import Fault
from harness.tasks.kstep.kernel.weights import has_kernel
from harness.tasks.kstep.metrics import METRICS
from harness.tasks.kstep.references.ladder import Resolution
from harness.tasks.kstep.subjects import Method, Truth
from harness.tasks.kstep.suites.experiments import laws_of
from harness.tasks.kstep.window import MacroGrid, Signals, Window

SHORT = 26
"""Number of points for tests of the laws: a violation appears already in the first steps."""


@dataclass(frozen=True)
class Bench:
    """One window, and the targets of the suites structure and jump."""

    found: Resolution
    window: Window
    grid: MacroGrid
    suites: Mapping[str, Suite]

    def seen(self, fault: Fault) -> list[str]:
        """Why a method with this fault fails, in words; [] if it does not."""
        method = Method(self.name, self.found, fault=fault)
        answer = method.predict([self.window], self.grid)[0]
        short = MacroGrid(SHORT, self.grid.k)
        reasons = [answer.fault] if answer.fault else []
        ratio = self._error(answer) / self._error(self._plain)
        target = self.suites["jump"].target("against_respa")
        if not target.met_by(ratio):
            reasons.append(f"position error {ratio:.2g} of RESPA-MMFF's, at most {target.bounds()} is due")
        for name, size in laws_of(method, self.window, short).items():
            target = self.suites["structure"].target(name)
            if size is not None and not target.met_by(size):
                reasons.append(f"{name} {size:.1e}, at most {target.bounds()} is due")
        return reasons

    @property
    def name(self) -> str:
        """What the faults are put into: the learned correction where the molecule has one, the best that there is."""
        return "kernel" if has_kernel(self.window.molecule) else "respa-mmff"

    @cached_property
    def _truth(self) -> Signals:
        return Truth(self.found).predict([self.window], self.grid)[0]

    @cached_property
    def _plain(self) -> Signals:
        return Method("respa-mmff", self.found).predict([self.window], self.grid)[0]

    def _error(self, answer: Signals) -> float:
        return METRICS["position_100"].of(answer, self._truth, self.window)
