"""Time and memory as functions of size, with fitted growth, from records only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.benchmark.growth import growth

STYLES = {"ours": "-", "peer": "--", "cache": ":"}


def scaling_figure(records: Sequence[Mapping[str, Any]], path: str | Path, title: str, size_name: str) -> None:
    """Write a PNG of two panels: wall time and growth of memory; the legend gives cost ∝ 2^(exponent · N), N the number
    of what ``size_name`` counts.

    Open markers are extrapolated or flagged values.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    from harness.durable import writing

    figure = Figure(figsize=(13, 6.2), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    names = list(dict.fromkeys(r["name"] for r in records if "error" not in r))
    for number, name in enumerate(names):
        mine = sorted((r for r in records if r["name"] == name and "error" not in r), key=lambda r: r["size"])
        style = {"color": f"C{number % 10}", "linestyle": STYLES.get(mine[0]["group"], "-")}
        style["marker"] = "osD^v"[number // 10 % 5]
        trusted = [r for r in mine if r["note"] != "extrapolated"]
        sizes, walls = [r["size"] for r in trusted], [r["timing"]["wall_s"] for r in trusted]
        fitted = growth(sizes, walls)
        label = name if fitted is None else f"{name}  $2^{{{fitted.exponent:.1f}N}}$"
        left.errorbar(sizes, walls, [r["timing"]["wall_std_s"] for r in trusted], label=label, ms=4, lw=1.2, **style)
        guessed = [r for r in mine if r["note"] == "extrapolated"]
        left.plot([r["size"] for r in guessed], [r["timing"]["wall_s"] for r in guessed], mfc="w", ls="", ms=5,
                  color=style["color"], marker=style["marker"])  # fmt: skip
        memory = [(r["size"], r["peak_memory_bytes"] / 2**20) for r in trusted if r.get("peak_memory_bytes")]
        if memory:
            right.plot(*zip(*memory, strict=True), ms=4, lw=1.2, **style)
    for axis, what in ((left, "wall time (s), one thread"), (right, "growth of resident memory in one call (MiB)")):
        axis.set_yscale("log")
        axis.set_xlabel(f"number of {size_name} N")
        axis.set_ylabel(what)
        axis.grid(alpha=0.3)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    left.set_title(title, loc="left", fontsize=10)
    figure.legend(loc="outside right upper", fontsize=8, frameon=False)
    with writing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=140)
