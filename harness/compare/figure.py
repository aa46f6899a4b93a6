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


def front_figure(answers: Sequence[Answered], metric: str, reference: str, panels: int = 3) -> Figure:
    """Median error against median time, a marker per subject, in panels of like cases.

    The step line is the front: no subject is left of it and below it. At most ``panels`` groups are shown: first those
    with several sizes, then, of those with one size, the ones with most subjects and the largest size.
    """
    groups: dict[str, list[Answered]] = {}
    for answer in answers:
        if answer.error is not None and answer.seconds is not None:
            groups.setdefault(answer.panel, []).append(answer)
    names = list(dict.fromkeys(a.subject for a in answers))

    def order(group: str) -> tuple[bool, int, int]:
        members = groups[group]
        return len({a.size for a in members}) > 1, len({a.subject for a in members}), members[0].size

    shown = sorted(groups, key=order)[-panels:] or ["no answers"]
    with canvas(1, len(shown), (PAGE_IN, 3.0), sharey=True) as (figure, axes):
        for ax, label in zip(axes[0], shown, strict=True):
            points = {}
            for number, name in enumerate(names):
                mine = [a for a in groups.get(label, []) if a.subject == name]
                if not mine:
                    continue
                x = median(a.seconds or 0.0 for a in mine)
                y = max(median(a.error or 0.0 for a in mine), SMALLEST)
                points[name] = (x, y)
                ax.plot(x, y, marker=marker(number), color=colour(number), linestyle="none", markersize=6, label=name)
            every = list(points.values())
            edge = sorted(p for p in every if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in every))
            if edge:
                ax.step([x for x, _ in edge], [y for _, y in edge], where="post", color=GREY, linewidth=0.8, zorder=0)
            ax.set(xscale="log", yscale="log", xlabel="time per system (s)", title=label)
            ax.grid(color="#e4e4e4", linewidth=0.5)
        axes[0, 0].set_ylabel(f"{metric} against {reference}")
        handles: dict[str, Any] = {}
        for ax in axes[0]:
            handles.update({text: handle for handle, text in zip(*ax.get_legend_handles_labels(), strict=True)})
        if handles:
            figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=5)
        letter(list(axes[0]))
    return figure
