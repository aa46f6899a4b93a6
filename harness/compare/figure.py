"""The error-cost front of a comparison: one panel per kind of case."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from harness.compare.measure import Answered
from harness.suites.style import GREY, PAGE_IN, canvas, colour, letter, marker

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SMALLEST = 1e-16


def front_figure(answers: Sequence[Answered], reference: str, panels: int = 3) -> Figure:
    """Median error of M against median time, a marker per subject, for molecules and the chains of each size.

    The step line is the front: left of and below it is no subject. At most ``panels`` groups, the largest systems.
    """
    groups: dict[str, list[Answered]] = {}
    for answer in answers:
        if answer.rmse_m is not None and answer.seconds is not None:
            label = "molecules" if answer.kind == "molecule" else f"chains, N = {answer.spins}"
            groups.setdefault(label, []).append(answer)
    names = list(dict.fromkeys(a.subject for a in answers))
    chosen = sorted(groups, key=lambda g: (g == "molecules", len({a.subject for a in groups[g]}), groups[g][0].spins))
    shown = chosen[-panels:] or ["no answers"]
    with canvas(1, len(shown), (PAGE_IN, 3.0), sharey=True) as (figure, axes):
        for ax, label in zip(axes[0], shown, strict=True):
            points = {}
            for number, name in enumerate(names):
                mine = [a for a in groups.get(label, []) if a.subject == name]
                if not mine:
                    continue
                x = median(a.seconds or 0.0 for a in mine)
                y = max(median(a.rmse_m or 0.0 for a in mine), SMALLEST)
                points[name] = (x, y)
                ax.plot(x, y, marker=marker(number), color=colour(number), linestyle="none", markersize=6, label=name)
            every = list(points.values())
            edge = sorted(p for p in every if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in every))
            if edge:
                ax.step([x for x, _ in edge], [y for _, y in edge], where="post", color=GREY, linewidth=0.8, zorder=0)
            ax.set(xscale="log", yscale="log", xlabel="time per system (s)", title=label)
            ax.grid(color="#e4e4e4", linewidth=0.5)
        axes[0, 0].set_ylabel(f"RMSE of M against {reference}")
        handles: dict[str, Any] = {}
        for ax in axes[0]:
            handles.update({text: handle for handle, text in zip(*ax.get_legend_handles_labels(), strict=True)})
        if handles:
            figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=5)
        letter(list(axes[0]))
    return figure
