"""Error against processor time on each molecule, from the record of ``harness tddft transfer`` only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.suites.style import PAGE_IN, canvas, colour, letter, marker
from harness.tasks.tddft.system_file import load_system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS = {
    "true": "cfm4 and em, larger steps",
    "several": "learned on several molecules",
    "learned": "learned on H2",
    "baseline": "without training",
}
COLUMNS = 2


def kind_of(method: str) -> str:
    """The class of a method in the figure, by its name in the record."""
    if method.startswith(("cfm4", "em ")):
        return "true"
    if method.startswith("learned,"):
        return "several"
    return "learned" if method.startswith("learned-") else "baseline"


def transfer_figure(record: Mapping[str, Any]) -> Figure:
    """One panel for each molecule, one point for each method: its mean error over its median processor time."""
    molecules = list(dict.fromkeys(row["molecule"] for row in record["rows"]))
    lines = -(-len(molecules) // COLUMNS)
    with canvas(lines, COLUMNS, (PAGE_IN, 2.6 * lines), sharex=True, sharey=True) as (figure, axes):
        panels = list(axes.flat)
        for ax, molecule in zip(panels, molecules, strict=False):
            _panel(ax, [row for row in record["rows"] if row["molecule"] == molecule])
        for ax in panels[len(molecules) :]:
            ax.set_axis_off()
        for ax in axes[-1]:
            ax.set_xlabel("processor time / s")
        for row in axes:
            row[0].set_ylabel("mean relative error of δμ")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
        letter(panels[: len(molecules)])
    return figure


def _panel(ax: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    for number, (kind, label) in enumerate(KINDS.items()):
        points = [row for row in rows if kind_of(row["method"]) == kind]
        x, y = ([row[key] for row in points] for key in ("processor_s", "mean"))
        ax.plot(x, y, color=colour(number), marker=marker(number), linestyle="", label=label)
        for row in points if kind != "several" else ():
            shift = (3, -6) if kind == "baseline" else (3, 2)  # the kernel and cfm4 of the same step lie together
            ax.annotate(row["method"].removeprefix("learned-"), (row["processor_s"], row["mean"]), fontsize=5,
                        xytext=shift, textcoords="offset points")  # fmt: skip
    known = "trained" if rows[0]["seen"] else "never seen"
    name = load_system(rows[0]["molecule"]).name
    ax.set(xscale="log", yscale="log", title=f"{name} ({known})")
    ax.grid(color="#e4e4e4", linewidth=0.5)
