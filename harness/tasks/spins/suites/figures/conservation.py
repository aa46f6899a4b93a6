"""Figure 3: what the density operator keeps over 1000 steps, and what a surrogate's own outputs say of conservation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.suites.style import GREY, PAGE_IN, canvas, colour, letter, target_line, typeset
from harness.tasks.spins.suites.measure.conservation import QUANTITIES, ConservationRow
from harness.tasks.spins.suites.measure.symmetries import SymmetryRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FLOOR, CEILING = 1e-17, 1e3
TITLES = {
    "trace": "|Tr ρ − 1|",
    "energy": r"$|\Delta\langle H\rangle| \; / \; \sqrt{\mathrm{Tr}\,H^2 \; \mathrm{Tr}\,I_{1z}^2}$",
    "purity": "|Δ Tr ρ²| / Tr ρ²",
    "hermiticity": "‖ρ − ρ†‖ / ‖ρ‖",
}
DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)), (0, (5, 1, 1, 1)))


def conservation_figure(
    rows: Sequence[ConservationRow], controls: Sequence[str], targets: Mapping[str, float] | None = None
) -> Figure:
    """Four panels over the grid, one line per method; controls are dashed grey and named.

    ``targets`` are upper limits by the words that name them, drawn in every panel. Zero is drawn at 1e-17; what grows
    beyond 1000 is drawn there, and the panel says so.
    """
    with canvas(2, 2, (PAGE_IN, 4.6), sharex=True) as (figure, axes):
        for ax, quantity in zip(axes.ravel(), QUANTITIES, strict=True):
            clipped = []
            for number, row in enumerate(rows):
                values = np.nan_to_num(getattr(row, quantity), nan=np.inf)
                if np.any(values > CEILING):
                    clipped.append(row.method)
                values = np.clip(values, FLOOR, CEILING)
                control = row.method in controls
                ax.plot(
                    row.times_s * 1e3, values, color=GREY if control else colour(number), label=row.method,
                    linestyle=DASHES[number % len(DASHES)], linewidth=1.6 if control else 1.1,
                )  # fmt: skip
            ax.set(yscale="log", title=TITLES[quantity], ylim=(FLOOR / 3, 1e5 if clipped else 3 * CEILING))
            for words, value in (targets or {}).items():
                target_line(ax, value, words)
            if clipped:
                said = f"{', '.join(clipped)}: larger than {CEILING:g} is drawn at {CEILING:g}"
                ax.annotate(said, (0.99, 1.0), xycoords="axes fraction", ha="right", va="top", fontsize=6, color=GREY)
        for ax in axes[1]:
            ax.set_xlabel("time (ms)")
        for ax in axes[:, 0]:
            ax.set_ylabel("deviation")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=6)
        letter(list(axes.ravel()))
    return figure


def invariants_figure(
    worst: Mapping[str, Mapping[str, SymmetryRow]], targets: Mapping[str, float] | None = None
) -> Figure:
    """Worst violation of every invariant, one marker per subject; "not determined" is written, not drawn as zero.

    ``targets`` are upper limits by the name of the invariant, drawn as a bar across its row.
    """
    invariants = list(dict.fromkeys(name for rows in worst.values() for name in rows))
    height = 0.21 * len(invariants) + 0.9
    with canvas(1, 1, (PAGE_IN * 0.75, height)) as (figure, axes):
        ax = axes[0, 0]
        for number, (subject, rows) in enumerate(worst.items()):
            shift = (number - (len(worst) - 1) / 2) * 0.7 / max(1, len(worst))
            for place, name in enumerate(invariants):
                row = rows.get(name)
                if row is None or row.value is None:
                    ax.annotate(
                        f"not determined by {subject}", (1.2 * FLOOR, place + shift), fontsize=4.8,
                        color=colour(number), va="center",
                    )  # fmt: skip
                    continue
                ax.plot(
                    min(max(row.value, FLOOR), 1e2), place + shift, marker="osD^v"[number % 5], color=colour(number),
                    linestyle="none", label=subject if place == 0 else None, clip_on=False,
                )  # fmt: skip
        for place, name in enumerate(invariants):
            if targets and name in targets:
                ax.plot([targets[name]] * 2, [place - 0.42, place + 0.42], color="black", linewidth=1.2,
                        linestyle=(0, (3, 1.2)), zorder=0)  # fmt: skip
        if targets:
            ax.plot([], [], color="black", linewidth=1.2, linestyle=(0, (3, 1.2)), label="target (at most)")
        ax.set_yticks(range(len(invariants)), [typeset(name) for name in invariants])
        ax.set(xscale="log", xlim=(FLOOR, 1e2), ylim=(len(invariants) - 0.5, -0.5), xlabel="largest violation")
        ax.grid(axis="x", color="#e4e4e4", linewidth=0.5)
        handles, labels = ax.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=5)
    return figure
