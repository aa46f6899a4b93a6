"""The sentences of an advice: what is special about the system, and why a method was chosen or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.tasks.spins.references.option import LONGEST_S, STATED, Option, in_words
from harness.tasks.spins.systems import SpinSystem, TimeGrid
from harness.tasks.spins.systems.checks import aliased


def reasons_for(system: SpinSystem, grid: TimeGrid, error: float, chosen: Option | None, ratio: float) -> list[str]:
    """Parts, groups and strength of the couplings, and how the error of the chosen method is known."""
    lines = []
    parts = system.components()
    if len(parts) > 1:
        lines.append(f"{len(parts)} uncoupled parts, solved one by one; the largest has {max(map(len, parts))} spins")
    groups = [g for g in system.equivalent_groups() if len(g) > 1]
    if groups:
        words = "; ".join("{" + ", ".join(system.labels[k] for k in g) + "}" for g in groups)
        lines.append(f"equivalent groups {words}: couplings inside them do not show in M, but in i1z of a member")
    strongest = _strongest(system)
    if strongest is not None:
        label, value = strongest
        strength = "strong" if value > 0.3 else "intermediate" if value > 0.05 else "weak"
        lines.append(f"{strength} coupling: largest |J|/(|D|+|J|) between inequivalent spins is {value:.2g} ({label})")
    if line := aliased(system, grid):
        lines.append(line)
    if chosen is not None and chosen.error_source == "to exact":
        lines.append("its error is measured on this system")
    elif chosen is not None and chosen.error_source == STATED:
        lines.append("its error is that of smaller clusters, as it states it; the run states its own (error_estimate)")
    elif chosen is not None and chosen.error_source.startswith("to "):
        lines.append("its error is its distance to the finest approximation tried, whose own error is not known here")
    relative = f"the relative error |dM|/|M| is {ratio:.2g} times the RMSE here"
    if chosen is not None and chosen.relative > error >= chosen.error:
        relative += f": {chosen.label} misses {error:g} if that is meant, as the suites do for molecules"
    lines.append(relative)
    return lines


def no_answer(options: Sequence[Option], error: float) -> str:
    """The best possible method where none reaches ``error``."""
    possible = [o for o in options if not o.refused]
    line = f"no method reaches {error:g} here, for rounding, memory or more than {in_words(LONGEST_S)} of computing"
    if not possible:
        return f"{line}: take a shorter horizon or fewer points"
    best = min(possible, key=lambda o: o.error)
    return f"{line}: the finest is {best.label} with {best.error:.1e} ({best.error_source}); relax the error to that"


def no_gain(options: Sequence[Option]) -> list[str]:
    """Surrogates that are slower than the exact answer on this system, by the times just measured."""
    from harness.surrogates import SURROGATES

    judged = next(o for o in options if o.method == "exact")
    if judged.seconds_source != "measured":
        return []
    slower = [o for o in options if o.method in SURROGATES and o.seconds > judged.seconds]
    if not slower:
        return []
    named = ", ".join(f"{o.label} (off by {o.relative:.1g} relative)" for o in slower)
    return [f"slower than exact for this one system, so that nothing is gained: {named}"]


def _strongest(system: SpinSystem) -> tuple[str, float] | None:
    j = np.abs(np.triu(system.couplings_hz)) * system.same_isotope
    d = np.abs(system.offsets_hz[:, None] - system.offsets_hz[None, :])
    ratio = np.divide(j, d + j, out=np.zeros_like(j), where=(j > 0) & (d > 1e-2))
    if not ratio.any():
        return None
    i, k = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    return f"{system.labels[i]}-{system.labels[k]}", float(ratio[i, k])
