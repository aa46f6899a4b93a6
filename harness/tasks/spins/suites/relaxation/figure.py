"""Figure 10: error against time; correlation times and the NOE; faults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.suites.style import GREY, PAGE_IN, canvas, colour, letter, looks, target_line
from harness.tasks.spins.suites.relaxation import cost, noe
from harness.tasks.spins.suites.relaxation.faults import Seen
from harness.tasks.spins.suites.relaxation.measure import OverTau

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FLOOR = 1e-16
"""Errors below this are drawn there: a logarithmic axis has no zero."""


def front_figure(rows: Sequence[cost.Point], subject: str) -> Figure:
    """One panel per case: error of M against processor time, the front as a step line, stated times hollow."""
    style = looks(list(dict.fromkeys(row.method for row in rows)), cost.judged_name(subject))
    cases = list(dict.fromkeys(row.case for row in rows))
    with canvas(1, len(cases), (PAGE_IN, 3.4), sharey=True) as (figure, axes):
        handles: dict[str, Any] = {}
        for ax, case in zip(axes[0], cases, strict=True):
            here = [row for row in rows if row.case == case]
            edge = cost.edge([row for row in here if row.method != cost.LOSSY])
            heights = [max(point.error, FLOOR) for point in edge]
            ax.step([p.seconds for p in edge], heights, where="post", color=GREY, linewidth=0.8, zorder=0)
            for row in here:
                look = style[row.method]
                (handles[row.method],) = ax.plot(
                    row.seconds, max(row.error, FLOOR), marker=look["marker"], color=look["color"], linestyle="none",
                    markerfacecolor="white" if row.stated else look["color"],
                )  # fmt: skip
            ax.set(xscale="log", yscale="log", xlabel="processor time (s)", title=cost.TITLES[case])
            ax.grid(color="#e4e4e4", linewidth=0.5)
        axes[0, 0].set_ylabel("relative L2 error of M against Spinach")
        figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=4)
        letter(list(axes[0]))
    return figure


def generalisation_figure(subject: Any, found: OverTau) -> Figure:
    """Errors of M over correlation times, and the build-up of the NOE on the closed form."""
    with canvas(1, 2, (PAGE_IN, 2.9)) as (figure, axes):
        errors, build_up = axes[0]
        errors.plot(found.tau_c_s, np.maximum(found.errors, FLOOR), color=colour(0), marker="o")
        errors.set(xscale="log", yscale="log", xlabel="correlation time (s)", ylabel="largest error of M")
        errors.set_title(subject.name)
        for number, tau_c_s in enumerate(noe.TAU_C_S):
            exact = noe.closed_form(noe.pair(tau_c_s))[1]
            build_up.plot(noe.GRID.times_s, exact, color="black", linewidth=0.8)
            answer = noe.build_up(subject, tau_c_s)
            if answer is not None:
                build_up.plot(
                    noe.GRID.times_s[::10], answer[1, ::10], color=colour(number), marker="o", linestyle="none",
                    markersize=3, label=f"{tau_c_s:g} s",
                )  # fmt: skip
        build_up.set(xlabel="time (s)", ylabel="polarisation of spin 2")
        build_up.set_title("lines: Solomon's equations")
        if build_up.get_legend_handles_labels()[0]:
            build_up.legend(title="correlation time")
        letter([errors, build_up])
    return figure


def faults_figure(faults: Sequence[Seen], harmless: Sequence[Seen], limit: float) -> Figure:
    """Largest deviation of every fault (filled) and every harmless change (hollow) on every system, and the limit."""
    rows = [*faults, *harmless]
    changes, systems = (list(dict.fromkeys(getattr(row, name) for row in rows)) for name in ("change", "system"))
    innocent = {row.change for row in harmless}
    with canvas(1, 1, (PAGE_IN * 0.8, 0.35 * len(changes) + 1.2)) as (figure, axes):
        ax = axes[0, 0]
        for row in rows:
            number, shift = systems.index(row.system), 0.12 * (systems.index(row.system) - (len(systems) - 1) / 2)
            ax.plot(
                max(row.deviation, FLOOR), changes.index(row.change) + shift, marker="osD^v"[number % 5],
                color=colour(number), markerfacecolor="white" if row.change in innocent else colour(number),
                linestyle="none", label=row.system if row.change == changes[0] else None,
            )  # fmt: skip
        target_line(ax, limit, "limit of small systems", vertical=True)
        ax.set_yticks(range(len(changes)), changes)
        ax.set(xscale="log", ylim=(len(changes) - 0.5, -0.5), xlabel="largest deviation from the right answer")
        handles, labels = ax.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=2)
    return figure
