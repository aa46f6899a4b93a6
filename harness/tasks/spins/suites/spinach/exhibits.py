"""One case in detail: signals, spectrum, residual, numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.report.page import Exhibit, SuiteRun
from harness.report.records import Record
from harness.report.svg import Curve, Panel, picture
from harness.report.tables import number
from harness.tasks.spins.spectra import cosine_window, spectrum_of
from harness.tasks.spins.systems import TimeGrid

NOMINAL_FIELD_T = 11.74  # 500 MHz for protons; used for chains, which have no field
SIGNAL = 2e-3
POINTS = 320


def exhibit(run: SuiteRun, case: str, unmet: bool, records: Sequence[Record], summary: str) -> Exhibit:
    """Overlay of Mx, My and I1z, the spectrum from right to left, the residual, and the numbers of the case as text."""
    arrays = run.arrays(case) if case in run.retained() else {}
    svg = case_picture(case, arrays) if "subject_m" in arrays or "subject_i1z" in arrays else ""
    rows = []
    for record in records:
        measured = record.measurement
        whose = "" if measured.subject == run.subject else f", {measured.subject}"
        value = record.judgement.message if measured.value is None else number(measured.value, measured.unit)
        target = f" (target {record.target}: {record.verdict})" if record.target is not None else ""
        rows.append((measured.metric + whose, value + target))
    return Exhibit(case, summary, svg, provenance(records), rows, [record.id for record in records], unmet)


def provenance(records: Sequence[Record]) -> str:
    """The provenance of the subject and of the reference in one line."""
    first = records[0].measurement if records else None
    if first is None:
        return ""
    ours, theirs = dict(first.subject_provenance), dict(first.reference_provenance)
    details = dict(theirs.get("details", {}))
    text = f"Subject: {ours.get('kind', '')} {ours.get('name', first.subject)}."
    if details.get("spinach_commit"):
        level = f"{details.get('approximation')} level {details.get('level')}"
        basis = level if details.get("truncated") else "complete basis"
        text += (
            f" Reference: Spinach {str(details['spinach_commit'])[:12]} under {details.get('engine')} "
            f"{details.get('engine_version')}, {details.get('formalism')}, {basis}, {details.get('source')} of "
            f"{details.get('date')}; the subject simulated the offsets that Spinach really used."
        )
    elif theirs:
        text += f" Reference: {theirs.get('method')} ({theirs.get('engine')} {theirs.get('version')})."
    return text


def spectra(arrays: dict[str, np.ndarray], names: Sequence[str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """ppm axis (F,) of the region with signal, and the absorption of each; cosine window, zero-filled sixteenfold."""
    grid = TimeGrid(len(arrays["truth_m"]), float(arrays["dt_s"]))
    field, carrier = float(arrays["field_t"]), float(arrays["carrier_ppm"])
    made = {
        name: spectrum_of(arrays[f"{name}_m"], grid, cosine_window(grid), 16, field or NOMINAL_FIELD_T, carrier)
        for name in names
    }
    truth = made["truth"]
    loud = np.flatnonzero(np.abs(truth.absorption) > SIGNAL * np.abs(truth.absorption).max())
    linewidth = 1.5 / (grid.dt_s * grid.points) / float(truth.offset_hz[1] - truth.offset_hz[0])
    room = max(int(0.04 * (loud[-1] - loud[0])), int(linewidth))
    part = slice(max(loud[0] - room, 0), loud[-1] + room + 1)
    scale = float(truth.absorption.max())
    return truth.ppm[part], {name: spectrum.absorption[part] / scale for name, spectrum in made.items()}


def magnification(difference: np.ndarray) -> float:
    """The power of ten (from 1 to 10⁶) that makes a difference visible, at most a tenth of the highest line."""
    largest = float(np.abs(difference).max())
    return float(10.0 ** np.clip(np.floor(np.log10(0.1 / max(largest, 1e-12))), 0, 6))


def thinned(x: np.ndarray, *ys: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """At most about :data:`POINTS` samples at equal steps: more samples are not visible in a picture of this width."""
    keep = np.unique(np.linspace(0, len(x) - 1, min(len(x), POINTS)).round().astype(int))
    return x[keep], [y[keep] for y in ys]


def case_picture(case: str, arrays: dict[str, np.ndarray]) -> str:
    """Five panels: Mx, My and I1z against time, the spectrum against ppm, and |ΔM| on a logarithmic scale."""
    time_ms = 1e3 * float(arrays["dt_s"]) * np.arange(len(arrays["truth_m"]))
    panels = []
    signals = [("Mx", "m", np.real), ("My", "m", np.imag), ("I1z", "i1z", np.asarray)]
    for k, (name, key, part) in enumerate(signals):
        there = [(f"{side}_{key}", side) for side in ("truth", "subject") if f"{side}_{key}" in arrays]
        if not there:
            continue
        x, ys = thinned(time_ms, *(part(arrays[full]) for full, _ in there))
        curves = [Curve(y, side) for y, (_, side) in zip(ys, there, strict=True)]
        label = "time (ms)" if k == 2 else ""
        panels.append(Panel(x, curves, name, 0, 100 * k, 470, 120 if k == 2 else 96, label, least_span=0.02))
    if "subject_m" in arrays:
        ppm, found = spectra(arrays, ("truth", "subject"))
        x, (truth, subject) = thinned(ppm, found["truth"], found["subject"])
        factor = magnification(subject - truth)
        difference = factor * (subject - truth) - 0.16
        curves = [Curve(truth, "truth"), Curve(subject, "subject"), Curve(difference, "residual")]
        title = f"spectrum, and below it the difference × {factor:g}"
        panels.append(Panel(x, curves, title, 480, 0, 470, 172, "chemical shift (ppm)", reverse=True, y_ticks=False))
        sides = [("subject", "subject"), ("pair-product", "other"), ("weak-coupling", "third")]
        present = [(name, kind) for name, kind in sides if f"{name}_m" in arrays]
        x, ys = thinned(time_ms, *(np.abs(arrays[f"{name}_m"] - arrays["truth_m"]) for name, _ in present))
        curves = [Curve(y, kind) for y, (_, kind) in zip(ys, present, strict=True)]
        title = "|ΔM| against the reference"
        panels.append(Panel(x, curves[::-1], title, 480, 174, 470, 146, "time (ms)", y_log=True))
    return picture(panels, 956, 322, f"{case}: subject drawn over the reference in time and as a spectrum, and |ΔM|")
