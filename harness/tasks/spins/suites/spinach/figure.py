"""Figure 2: spectrum of a molecule, a strongly coupled chain, and errors of the subject and the formulas by case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from harness.durable import writing
from harness.report.page import SuiteRun
from harness.tasks.spins.metrics import RELATIVE_M, RMSE_M
from harness.tasks.spins.suites.spinach.exhibits import spectra
from harness.tasks.spins.suites.spinach.plan import BASELINES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from harness.tasks.spins.suites.spinach.page import Row

# Colours of Okabe and Ito, which colour-blind readers can distinguish; the markers differ as well.
STYLE = {
    "subject": ("#D55E00", "o"),
    "untrained": ("#CC79A7", "D"),
    "pair-product": ("#0072B2", "s"),
    "weak-coupling": ("#009E73", "^"),
}
GREY = "#8a8a8a"
FLOOR = 1e-9  # well below single-precision rounding: smaller errors are drawn at this value
NARROWEST_SPLITTING_HZ = 7.0  # a common vicinal coupling: a window of less than 0.14 s cannot resolve it
SIZE = 8  # points; the page shows the figure at about its printed size


def draw(run: SuiteRun, rows: Sequence[Row], path: Path) -> None:
    """Write the figure as PNG, 6 inches wide, so that its text is large enough compared with the text of the page."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.0, 4.9), layout="constrained", dpi=220)
    axes = figure.subplot_mosaic([["spectrum", "molecules"], ["signal", "chains"]])
    _spectrum(axes["spectrum"], run, rows)
    _signal(axes["signal"], run, rows)
    split = [r for r in rows if r.role in ("molecule", "molecule-variant-test") and r.facts.get("vacuous") != "True"]
    _errors(axes["molecules"], split,
            RELATIVE_M.label, [("molecule cases", 1e-3)], run.subject)  # fmt: skip
    chains = [r for r in rows if r.role in ("chain", "chain-truncated")] + [r for r in rows if r.role == "chain-strong"]
    plain = sum(r.role != "chain-strong" for r in chains)
    kinds = [("chains", 2e-3), ("strong chains", 5e-3)]
    _errors(axes["chains"], chains, RMSE_M.label, kinds, run.subject, plain)
    for letter, name in zip("abcd", ("spectrum", "signal", "molecules", "chains"), strict=True):
        axes[name].set_title(letter, loc="left", fontsize=SIZE + 1, fontweight="bold")
        axes[name].tick_params(labelsize=SIZE - 1)
        axes[name].spines[["top", "right"]].set_visible(False)
    handles, labels = axes["molecules"].get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside upper right", ncols=4, frameon=False, fontsize=SIZE)
    with writing(path) as temporary:
        figure.savefig(temporary, format="png")


def _chosen(rows: Sequence[Row], roles: tuple[str, ...], metric: str, like: str = "") -> Row | None:
    """The case of these roles with stored arrays and the largest error of the subject; names with ``like`` first."""
    there = [row for row in rows if row.role in roles and row.facts and row.value(metric) is not None]
    there = [row for row in there if like in row.case] or there
    return max(there, key=lambda row: row.value(metric) or 0.0, default=None)


def _empty(axes: Axes, why: str) -> None:
    axes.axis("off")
    axes.text(0.5, 0.5, why, ha="center", va="center", fontsize=SIZE, transform=axes.transAxes)


def _spectrum(axes: Axes, run: SuiteRun, rows: Sequence[Row]) -> None:
    row = _chosen(rows, ("molecule", "molecule-variant-test"), RELATIVE_M.label, "valine")
    if row is None:
        _empty(axes, "no answer on any molecule")
        return
    ppm, found = spectra(run.arrays(row.case), ("truth", "subject"))
    axes.plot(ppm, found["truth"], color=GREY, linewidth=2.4, label=run.reference)
    axes.plot(ppm, found["subject"], color=STYLE["subject"][0], linewidth=0.9, label=run.subject)
    axes.invert_xaxis()
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("¹H chemical shift (ppm)", fontsize=SIZE)
    worst = f"{row.case}\nof valine, the largest error" if "valine" in row.case else f"{row.case}\nlargest error"
    axes.set_title(worst, fontsize=SIZE - 1, parse_math=False)
    axes.legend(frameon=False, fontsize=SIZE, loc="upper left")
    arrays = run.arrays(row.case)
    window_s = float(arrays["dt_s"]) * len(arrays["truth_m"])
    if 1 / window_s > NARROWEST_SPLITTING_HZ:
        predicted = f"{1e3 * window_s:.0f} ms of FID resolve {1 / window_s:.0f} Hz:\nno multiplet is resolved"
        axes.text(0.5, 0.45, predicted, transform=axes.transAxes, fontsize=SIZE - 1.5, ha="center", color="#444444")


def _signal(axes: Axes, run: SuiteRun, rows: Sequence[Row]) -> None:
    metric = RMSE_M.label
    row = _chosen(rows, ("chain-strong",), metric) or _chosen(rows, ("chain", "chain-truncated"), metric)
    if row is None:
        _empty(axes, "no answer on any chain")
        return
    arrays = run.arrays(row.case)
    time_ms = 1e3 * float(arrays["dt_s"]) * np.arange(len(arrays["truth_m"]))
    for name, truth, predicted in (
        ("Mx", np.real(arrays["truth_m"]), np.real(arrays["subject_m"])),
        ("I1z", arrays["truth_i1z"], arrays.get("subject_i1z")),
    ):
        axes.plot(time_ms, truth, color=GREY, linewidth=2.4)
        if predicted is not None:
            axes.plot(time_ms, predicted, color=STYLE["subject"][0], linewidth=0.9)
        end = (time_ms[-1], truth[-1])
        axes.annotate(name, end, xytext=(3, 0), textcoords="offset points", fontsize=SIZE, va="center")
    axes.set_xlabel("time (ms)", fontsize=SIZE)
    axes.set_ylabel("signal / its start", fontsize=SIZE)
    of = "strongly coupled chains" if row.role == "chain-strong" else "chains"
    axes.set_title(f"{row.case}\nof {of}, the largest error", fontsize=SIZE - 1, parse_math=False)


def _errors(
    axes: Axes,
    rows: Sequence[Row],
    metric: str,
    targets: Sequence[tuple[str, float]],
    subject: str,
    split: int | None = None,
) -> None:
    """One point per case and method, on a logarithmic axis, the largest error first. Targets are lines over the cases
    to which they apply.

    ``targets`` are (kind of case, target) for each group; both are written below the axis, where no points are.
    """
    groups = [list(rows)] if split is None else [list(rows[:split]), list(rows[split:])]
    start = 0
    ticks: dict[float, str] = {}
    for group, (kind, target) in zip(groups, targets, strict=True):
        group = sorted(group, key=lambda row: -(row.value(metric, "pair-product") or 0.0))
        x = np.arange(start, start + len(group))
        for name in (*BASELINES[::-1], "untrained", "subject"):
            whose = {"subject": "", "untrained": f"{subject} (no network)"}.get(name, name)
            values = [row.value(metric, whose) for row in group]
            if name == "untrained" and not any(values):
                continue
            y = np.array([np.nan if v is None else max(v, FLOOR) for v in values])
            colour, marker = STYLE[name]
            shown = subject if name == "subject" else (whose if name == "untrained" else name.replace("-", " "))
            axes.plot(x, y, marker, color=colour, markersize=3, markeredgewidth=0, label=shown if start == 0 else None)
        if len(group):
            axes.hlines(target, start - 0.5, start + len(group) - 0.5, color="black", linewidth=0.9, linestyle="--")
            ticks[start + (len(group) - 1) / 2] = f"{len(group)} {kind},\ntarget {target:g} (dashed)"
        start += len(group) + (2 if len(group) else 0)
    axes.set_yscale("log")
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.tick_params(axis="x", length=0)
    axes.set_ylim(bottom=FLOOR / 2)
    axes.set_ylabel(metric, fontsize=SIZE)
