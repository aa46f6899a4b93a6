"""Exact sums without coupling, bounds, symmetries, conserved quantities."""

from __future__ import annotations

from harness.tasks.echo.cases import SMALL
from harness.tasks.echo.laws import conserved
from harness.tasks.echo.plan import CHALLENGE, CONVERGED
from harness.tasks.echo.suites import forward
from harness.tasks.echo.suites.measured import measured

SUITE = "conservation"
SYSTEM = SMALL.with_(side=20, strength=0.15, dissipation=0.0)


def test_laws(subject, verdict):
    for one, target in forward.law_violations(subject, 3):
        verdict.check(one, target)


def test_conserved(subject, verdict):
    """Our simulator between pulses, without dissipation: the scheme of second order, and that of first as control."""
    for plan, is_control in ((CONVERGED, False), (CHALLENGE, True)):
        drifts = conserved(SYSTEM, plan)
        for name, target in (("polarisation", "polarisation"), ("energy", "energy")):
            one = measured(f"drift of {name}", f"20 × 20 spins, {plan.scheme}", subject, getattr(drifts, name))
            verdict.control(one, target) if is_control else verdict.check(one, target)
        verdict.check(measured("|⟨I⟩| − 1/2", f"20 × 20 spins, {plan.scheme}", subject, drifts.length), "length")
