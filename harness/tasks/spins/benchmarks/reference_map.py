"""Where the fast methods are accurate enough: error over size, offset spread against J, and horizon."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.tasks.spins.systems import TimeGrid, topology

CHEAP: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("weak-coupling", "weak-coupling", {}),
    ("pair-product", "pair-product", {}),
    ("cluster 3", "cluster", {"size": 3}),
    ("cluster 5", "cluster", {"size": 5}),
    ("cluster 7", "cluster", {"size": 7}),
)
SIZES = (4, 8, 10)
SPREADS_HZ = (25.0, 100.0, 250.0, 1000.0)
HORIZONS_S = (0.01, 0.03, 0.1, 0.3)


def reference_map(
    kind: str = "chain",
    sizes: Sequence[int] = SIZES,
    spreads_hz: Sequence[float] = SPREADS_HZ,
    horizons_s: Sequence[float] = HORIZONS_S,
    cases: int = 4,
    seed: int = 0,
    dt_s: float = 5e-4,
    tell: Callable[[str], None] = lambda line: None,
) -> list[dict[str, Any]]:
    """Mean RMSE of M against exact, one row per size, spread, horizon and method.

    Systems are drawn with offsets in ±spread and J of 5-20 Hz; the RMSE is that over the samples up to the horizon.
    """
    from harness.tasks.spins.references import reference

    rows = []
    longest = TimeGrid(round(max(horizons_s) / dt_s) + 1, dt_s)
    for size in sizes:
        for spread in spreads_hz:
            errors: dict[tuple[str, float], list[float]] = {}
            for number in range(cases):
                rng = np.random.default_rng([seed, size, round(spread), number])
                system = topology(kind, size, rng, offset_range_hz=spread)
                truth = reference("exact").simulate(system, longest, ("m",)).m
                for label, method, options in CHEAP:
                    squares = np.abs(reference(method, **options).simulate(system, longest, ("m",)).m - truth) ** 2
                    for horizon in horizons_s:
                        points = round(horizon / dt_s) + 1
                        errors.setdefault((label, horizon), []).append(float(np.sqrt(squares[:points].mean() / 2)))
            for (label, horizon), found in errors.items():
                rows.append(
                    {
                        "topology": kind,
                        "size": size,
                        "spread_hz": spread,
                        "horizon_s": horizon,
                        "method": label,
                        "rmse_m": float(np.mean(found)),
                        "worst_rmse_m": max(found),
                        "cases": cases,
                    }
                )
            tell(f"{kind} N = {size}, ±{spread:g} Hz")
    return rows


def crudest(rows: Sequence[Mapping[str, Any]], error: float) -> dict[tuple[int, float, float], str]:
    """The coarsest method whose mean RMSE is at most ``error``, by (size, spread, horizon); "exact" where none is."""
    found: dict[tuple[int, float, float], str] = {}
    for row in rows:
        key = (row["size"], row["spread_hz"], row["horizon_s"])
        found.setdefault(key, "exact")
        if found[key] == "exact" and row["rmse_m"] <= error:
            found[key] = row["method"]
    return found


def map_figure(rows: Sequence[Mapping[str, Any]], path: str | Path, errors: Sequence[float] = (1e-2, 1e-3)) -> None:
    """PNG: one panel per size and error, spread against horizon; a cell names the coarsest sufficient method."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from harness.durable import writing

    order = [*(label for label, _, _ in CHEAP), "exact"]
    sizes = sorted({row["size"] for row in rows})
    spreads = sorted({row["spread_hz"] for row in rows})
    horizons = sorted({row["horizon_s"] for row in rows})
    figure = Figure(figsize=(4.2 * len(sizes), 3.3 * len(errors)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = np.asarray(figure.subplots(len(errors), len(sizes), squeeze=False))
    for row, error in enumerate(errors):
        chosen = crudest(rows, error)
        for column, size in enumerate(sizes):
            axis = axes[row, column]
            cells = np.array([[order.index(chosen[size, s, h]) for h in horizons] for s in spreads])
            axis.imshow(cells, cmap="YlOrRd", vmin=-1, vmax=len(order), origin="lower", aspect="auto")
            for (y, x), cell in np.ndenumerate(cells):
                axis.text(x, y, order[cell].replace("-", "\n"), ha="center", va="center", fontsize=8)
            axis.set_xticks(range(len(horizons)), [f"{1e3 * h:g}" for h in horizons])
            axis.set_yticks(range(len(spreads)), [f"±{s:g}" for s in spreads])
            axis.set_title(f"N = {size}, RMSE ≤ {error:g}", fontsize=10)
            axis.set_xlabel("horizon (ms)")
            axis.set_ylabel("offsets (Hz)")
    with writing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=130)
